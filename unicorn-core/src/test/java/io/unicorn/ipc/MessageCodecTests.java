package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MessageCodecTests {

	private static final int UNKNOWN_TYPE = 200;

	/** The bytes of an empty secret and of the initialization in front of it. */
	private static final int NEW_IN_WELCOME = Short.BYTES + Byte.BYTES;

	/** The bytes of a Welcome without the fields that were added to it. */
	private static final int FIRST_WELCOME = 34;

	@ParameterizedTest
	@MethodSource("io.unicorn.ipc.SampleMessages#all")
	void aMessageSurvivesTheRoundTrip(Message message) throws Exception {
		ByteBuffer frame = MessageCodec.encode(message);
		assertThat(frame.getInt()).isEqualTo(frame.remaining());
		assertThat(MessageCodec.decode(frame, Message.class)).isEqualTo(message);
	}

	@Test
	void eachMessageHasASampleAndAFormat() {
		assertThat(SampleMessages.all().stream().<Class<?>>map(Object::getClass).collect(Collectors.toSet()))
			.as("samples")
			.isEqualTo(messages(Message.class).collect(Collectors.toSet()));
		assertThat(MessageFormat.ALL).as("formats")
			.<Class<?>>map(MessageFormat::type)
			.containsExactlyInAnyOrderElementsOf(messages(Message.class).distinct().toList());
	}

	@Test
	void codesAreBytesAndEachSideHasItsOwnRange() {
		assertThat(MessageFormat.ALL).allSatisfy((format) -> {
			boolean fromWorker = Message.FromWorker.class.isAssignableFrom(format.type());
			assertThat(format.code()).isBetween(fromWorker ? 1 : 65, fromWorker ? 64 : 255);
			assertThat(format.code()).isNotEqualTo(UNKNOWN_TYPE);
		});
	}

	/**
	 * Other versions rely on these bytes: when this test fails, the code breaks the
	 * protocol. Do not change the test.
	 */
	@ParameterizedTest
	@CsvSource(
			textBlock = """
					Hello,     0000000f01 00000001 00000001 0001 6b 0001 76
					Ready,     0000000102
					Heartbeat, 0000003103 0000000000000001 00000002 0000000000000003 00000004 0000000000000005 0000000000000006 \
					0000000000000007
					Retire,    0000000704 0001 72 0001 64
					Drained,   0000000505 00000001
					PoolQuery, 0000000906 0000000000000001
					Health,    0000000507 01 0001 64
					BootLog,   0000000808 00000001 0001 61
					Booting,   0000000b0c 0001 69 00000001 0001 73
					Welcome,   0000003341 00000001 0000000000000002 00000003 0000000000000004 01 0000000000000005 0000000000000006 01 0006 736563726574
					Drain,     0000000942 0000000000000001
					Stop,      0000000143
					Leader,    0000000d44 01 01 00000001 0001 6b 0001 76
					Resigned,  0000000b18 00000001 0001 6b 0001 76
					PoolReply, 000000c145 0000000000000001 00000001 000000000000000000000000 00000001 000173 00000001 00000001 \
					00000001 00000000 0000000000000001 00000002 00000001 000173 01 000000000000000000000000 0000000000000000 00000001 \
					00000001 000172 0000000000000001 \
					00000001 0000000000000001 00000001 00000002 000163 000174 000173 000000000000000000000000 01 000000000000000000000000 \
					000172 00000001 000000000000000000000000 000177 00000001 00016c 0000 00
					StopAccepting, 0000000146
					RefuseTraffic, 0000000147
					EndConnections, 0000000148
					RolloutRequest, 0000000c09 0000000000000001 0001 74
					RolloutReply, 0000001149 0000000000000001 0000000000000002
					Call,       0000001b28 0000000000000001 00000002 0000000000000003 00000002 c8c9
					CallAnswer, 0000001729 0000000000000001 00000004 00000002 00000002 c8c9
					CallNext,   0000000d2a 0000000000000001 00000002
					Perform,    0000000f5f 0000000000000001 00000002 c8c9
					Continue,   0000000d60 0000000000000001 00000002
					CallResult, 0000002061 0000000000000001 00000002 02 00000003 00000004 00000002 00000002 c8c9
					ScaleRequest, 000000101e 0000000000000001 00000002 0001 74
					RetireRequest, 000000101f 0000000000000001 00000002 0001 74
					DumpRequest, 0000001020 0000000000000001 00000002 0001 74
					LogLevelRequest, 0000001425 0000000000000001 0001 6c 0003 4f4646 0001 74
					SetLogLevel, 000000094a 0001 6c 0003 4f4646
					StopRequest, 0000000c21 0000000000000001 0001 74
					UpgradeRequest, 0000000c22 0000000000000001 0001 74
					RequestReply, 0000000d55 0000000000000001 01 0001 74
					""")
	void theBytesOnTheWireStayTheSame(String name, String hex) {
		assertThat(HexFormat.of().formatHex(Bytes.of(plain(name)))).isEqualTo(hex.replace(" ", ""));
	}

	@Test
	void bytesAfterTheLastFieldAreIgnoredBecauseANewerPeerMayAppendFields() throws Exception {
		for (Message message : SampleMessages.all()) {
			byte[] longer = Bytes.join(body(message), new byte[] { 1, 2, 3 });
			assertThat(decode(longer)).isEqualTo(message);
		}
	}

	@Test
	void anUnknownTypeDecodesToNull() throws Exception {
		assertThat(decode((byte) UNKNOWN_TYPE)).isNull();
		assertThat(decode((byte) 0, (byte) 1)).isNull();
	}

	@Test
	void aQueryForASummaryIsAQueryForEverythingToAnOlderMaster() throws Exception {
		Message summary = new Message.PoolQuery(7, false);
		assertThat(decode(body(summary))).isEqualTo(summary);
		byte[] body = body(summary);
		assertThat(decode(Arrays.copyOf(body, body.length - 1))).isEqualTo(new Message.PoolQuery(7));
	}

	@Test
	void fieldsThatAnOlderMasterDoesNotSendHaveADefault() throws Exception {
		byte[] body = body(new Message.Welcome(1, 2, 3, 4, true, 5, 6, Initialization.NOTHING, ""));
		assertThat(decode(Arrays.copyOf(body, body.length - NEW_IN_WELCOME)))
			.isEqualTo(new Message.Welcome(1, 2, 3, 4, true, 5, 6, Initialization.EVERYTHING, ""));
		assertThat(decode(Arrays.copyOf(body, body.length - NEW_IN_WELCOME - Long.BYTES)))
			.isEqualTo(new Message.Welcome(1, 2, 3, 4, true, 5, 0, Initialization.EVERYTHING, ""));
	}

	@Test
	void anInitializationOfALaterMasterIsNotDone() throws Exception {
		byte[] body = body(new Message.Welcome(1, 2, 3, 4, true, 5, 6, Initialization.START, ""));
		body[body.length - NEW_IN_WELCOME] = 99;
		assertThat(decode(body)).isEqualTo(new Message.Welcome(1, 2, 3, 4, true, 5, 6, Initialization.NOTHING, ""));
	}

	@Test
	void aWelcomeDoesNotPrintItsSecret() {
		assertThat(new Message.Welcome(1, 2, 3, 4, true, 5, 6, Initialization.START, "c2VjcmV0"))
			.hasToString("Welcome[index=1, id=2, generation=3, initialization=START]");
	}

	@Test
	void aPoolOfAnOlderMasterHasNoProblemAndWhatASummaryHas() throws Exception {
		PoolSnapshot pool = SampleMessages.workers(1);
		byte[] body = body(new Message.PoolReply(1, pool));
		assertThat(decode(Arrays.copyOf(body, body.length - 1))).isEqualTo(new Message.PoolReply(1, pool));
		assertThat(decode(Arrays.copyOf(body, body.length - 1 - Short.BYTES)))
			.isEqualTo(new Message.PoolReply(1, pool));
	}

	@Test
	void aHeartbeatOfAnOlderWorkerDoesNotSayHowLargeItsHeapMayBe() throws Exception {
		byte[] body = body(new Message.Heartbeat(1, 2, 3, 4, 5, 6, 7));
		assertThat(decode(Arrays.copyOf(body, body.length - Long.BYTES)))
			.isEqualTo(new Message.Heartbeat(1, 2, 3, 4, 5, 6, 0));
	}

	@Test
	void aResultOfALaterMasterIsARefusal() throws Exception {
		byte[] body = body(new Message.RequestReply(1, Message.Result.DONE, ""));
		body[1 + Long.BYTES] = 99;
		assertThat(decode(body)).isEqualTo(new Message.RequestReply(1, Message.Result.REFUSED, ""));
	}

	@Test
	void aSummaryHasNothingThatADocumentAdds() throws Exception {
		PoolSnapshot summary = SampleMessages.pool(3).summary();
		byte[] body = body(new Message.PoolReply(1, summary));
		assertThat(body).endsWith(0).hasSizeLessThan(body(new Message.PoolReply(1, SampleMessages.pool(3))).length / 2);
		assertThat(decode(body)).isEqualTo(new Message.PoolReply(1, summary));
	}

	@Test
	void aLeaderHandsOverALimitedNumberOfCharacters() {
		String most = "x".repeat(Message.Resigned.MAX_CHARACTERS - 1);
		assertThat(new Message.Resigned(Map.of("k", most)).handOver()).hasSize(1);
		assertThatIllegalArgumentException().isThrownBy(() -> new Message.Resigned(Map.of("k", most + "x")))
			.withMessageContaining("at most 32768 characters");
	}

	@Test
	void everyTruncationIsMalformed() {
		for (Message message : SampleMessages.all()) {
			byte[] body = body(message);
			for (int length = 0; length < body.length; length++) {
				if (appended(message).contains(body.length - length) || isOlderWelcome(message, length)) {
					// An older master sends this many bytes.
					continue;
				}
				byte[] truncated = Arrays.copyOf(body, length);
				assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> decode(truncated))
					.withMessageMatching(".*(truncated|remaining|length of a frame).*");
			}
		}
	}

	@Test
	void aMessageOfTheWrongDirectionIsMalformed() {
		assertThatExceptionOfType(MalformedFrameException.class)
			.isThrownBy(() -> MessageCodec.decode(ByteBuffer.wrap(body(new Message.Stop())), Message.FromWorker.class))
			.withMessage("Stop is not a message FromWorker");
		assertThatExceptionOfType(MalformedFrameException.class)
			.isThrownBy(() -> MessageCodec.decode(ByteBuffer.wrap(body(new Message.Ready())), Message.FromMaster.class))
			.withMessage("Ready is not a message FromMaster");
	}

	@ParameterizedTest(name = "{1}")
	@CsvSource(delimiter = '|',
			textBlock = """
					01 00000000 00000000                       | Hello is malformed: protocol must be at least 1 but is 0
					01 00000001 ffffffff                       | Hello is malformed: a count must be from 0 to 4096 but is -1
					01 00000001 7fffffff                       | Hello is malformed: a count must be from 0 to 4096 but is 2147483647
					01 00000001 00001001                       | Hello is malformed: a count must be from 0 to 4096 but is 4097
					01 00000001 00000002 0000 0000 0000        | Hello is malformed: 2 entries cannot be in the remaining 6 bytes
					01 00000001 00000002 0000 0000 0000 0000   | Hello is malformed: a key occurs twice
					01 00000001 00000001 0001 61 0002 62       | Hello is malformed: a string of 2 bytes cannot be in the remaining 1
					03 ffffffffffffffff 00000000 0000000000000000 00000000 0000000000000000 0000000000000000 | Heartbeat is malformed: requests must be at least 0 but is -1
					04 ffff 61                                 | Retire is malformed: a string of 65535 bytes cannot be in the remaining 1
					04 0001 ff 0000                            | Retire is malformed: a string is not UTF-8
					04 0003 eda080 0000                        | Retire is malformed: a string is not UTF-8
					04 0002 c080 0000                          | Retire is malformed: a string is not UTF-8
					05 80000000                                | Drained is malformed: connectionsLeft must be at least 0 but is -2147483648
					2a 0000000000000001                        | CallNext of 9 bytes is truncated
					28 0000000000000001 fffffffe 0000000000000000 00000000 | Call is malformed: index must be at least -1 but is -2
					5f 0000000000000001 00000002 00            | Perform is malformed: 2 bytes cannot be in the remaining 1
					5f 0000000000000001 ffffffff 00            | Perform is malformed: -1 bytes cannot be in the remaining 1
					05 0000                                    | Drained of 3 bytes is truncated
					41 ffffffff 0000000000000001 00000001 0000000000000000 00 0000000000000000 | Welcome is malformed: index must be at least 0 but is -1
					42 ffffffffffffffff                        | Drain is malformed: timeoutMillis must be at least 0 but is -1
					44 02                                      | Leader is malformed: a boolean must be 0 or 1 but is 2
					45 0000000000000001 00000001 0000000000000000 3b9aca00 | PoolReply is malformed: nanoseconds must be from 0 to 999999999 but are 1000000000
					45 0000000000000001 00000001 0000000000000000 ffffffff | PoolReply is malformed: nanoseconds must be from 0 to 999999999 but are -1
					45 0000000000000001 00000001 7fffffffffffffff 3b9ac9ff | PoolReply is malformed: no time has the epoch second 9223372036854775807
					45 0000000000000001 00000001 0000000000000000 00000000 00000001 0000 00000000 00000000 00000001 00000000 | PoolReply is malformed: 1 entries cannot be in the remaining 4 bytes
					""")
	void aMalformedFrameIsRefusedWithTheReason(String hex, String message) {
		byte[] frame = HexFormat.of().parseHex(hex.replace(" ", ""));
		assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> decode(frame)).withMessage(message);
	}

	@Test
	void theByteOrderOfTheBufferIsIgnoredAndItsPositionStays() throws Exception {
		Message message = new Message.Drained(1);
		ByteBuffer frame = ByteBuffer.wrap(Bytes.of(message)).position(4).order(ByteOrder.LITTLE_ENDIAN);
		assertThat(MessageCodec.decode(frame, Message.class)).isEqualTo(message);
		assertThat(frame.position()).isEqualTo(4);
	}

	@Test
	void theLongestStringIsCountedInBytes() throws Exception {
		String longest = "é".repeat(MessageCodec.MAX_STRING_BYTES / 2) + "e";
		Message message = new Message.Retire("", longest);
		assertThat(decode(body(message))).isEqualTo(message);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> MessageCodec.encode(new Message.Retire("", longest + "e")))
			.withMessage("a string of 65536 bytes is above the limit of 65535");
	}

	@Test
	void aListHasAtMostTheLimitOfEntries() throws Exception {
		Message largest = new Message.PoolReply(1, SampleMessages.workers(MessageCodec.MAX_ENTRIES));
		assertThat(decode(body(largest))).isEqualTo(largest);
		Message larger = new Message.PoolReply(1, SampleMessages.workers(MessageCodec.MAX_ENTRIES + 1));
		assertThatIllegalArgumentException().isThrownBy(() -> MessageCodec.encode(larger))
			.withMessage("4097 entries are above the limit of 4096");
	}

	@Test
	void aFrameOfExactlyTheLimitIsAllowed() throws Exception {
		Message largest = helloOfFrameBytes(MessageCodec.MAX_FRAME_BYTES);
		assertThat(body(largest)).hasSize(MessageCodec.MAX_FRAME_BYTES);
		assertThat(decode(body(largest))).isEqualTo(largest);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> MessageCodec.encode(helloOfFrameBytes(MessageCodec.MAX_FRAME_BYTES + 1)))
			.withMessage("the frame would be above the limit of 1048576 bytes");
		assertThatExceptionOfType(MalformedFrameException.class)
			.isThrownBy(() -> decode(new byte[MessageCodec.MAX_FRAME_BYTES + 1]))
			.withMessage("the length of a frame must be from 1 to 1048576 but is 1048577");
	}

	/**
	 * Return a hello with this many bytes after the length of its frame.
	 */
	static Message.Hello helloOfFrameBytes(int bytes) {
		int entries = bytes / 60_000 + 1;
		int overhead = 1 + Integer.BYTES + Integer.BYTES + entries * (Short.BYTES + 4 + Short.BYTES);
		int rest = bytes - overhead;
		Map<String, String> configuration = new HashMap<>();
		for (int i = 0; i < entries; i++) {
			int length = rest / (entries - i);
			configuration.put(String.format("%04d", i), "x".repeat(length));
			rest -= length;
		}
		return new Message.Hello(1, configuration);
	}

	/** Return how many bytes at the end of a message older versions do not send. */
	private static List<Integer> appended(Message message) {
		if (message instanceof Message.PoolReply reply) {
			PoolSnapshot pool = reply.pool();
			PoolSnapshot older = new PoolSnapshot(pool.master().summary(), pool.target(), pool.ready(), List.of(),
					pool.workers().stream().map(PoolSnapshot.WorkerInfo::summary).toList(), pool.exits(), List.of(),
					pool.rollouts(), pool.problem());
			int rest = body(message).length - body(new Message.PoolReply(1, older)).length + 1;
			return List.of(rest, rest + Short.BYTES + pool.problem().length());
		}
		if (message instanceof Message.Leader leader) {
			int rest = body(leader).length - 2;
			return List.of(rest, rest - 1);
		}
		return (message instanceof Message.Heartbeat) ? List.of(Long.BYTES) : List.of();
	}

	private static boolean isOlderWelcome(Message message, int length) {
		return message instanceof Message.Welcome && (length == FIRST_WELCOME || length == FIRST_WELCOME + Long.BYTES
				|| length == FIRST_WELCOME + Long.BYTES + 1);
	}

	private static Message plain(String name) {
		PoolSnapshot pool = new PoolSnapshot(new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 1, "s"), 1, 1,
				List.of(new PoolSnapshot.WorkerInfo(0, 1, 2, 1, "s", true, Instant.EPOCH, 0, 1)), Map.of("r", 1L),
				List.of(new PoolSnapshot.RolloutInfo(1, 1, 2, "c", "t", "s", Instant.EPOCH, Instant.EPOCH, "r",
						List.of(new PoolSnapshot.StepInfo(Instant.EPOCH, "w")), List.of("l"))));
		List<Message> messages = List.of(new Message.Hello(1, Map.of("k", "v")), new Message.Ready(),
				new Message.Heartbeat(1, 2, 3, 4, 5, 6, 7), new Message.Retire("r", "d"), new Message.Drained(1),
				new Message.PoolQuery(1), new Message.Health(true, "d"), new Message.BootLog(List.of("a")),
				new Message.Welcome(1, 2, 3, 4, true, 5, 6, Initialization.START, "secret"),
				new Message.RefuseTraffic(), new Message.EndConnections(), new Message.RolloutRequest(1, "t"),
				new Message.RolloutReply(1, 2), new Message.ScaleRequest(1, 2, "t"),
				new Message.RetireRequest(1, 2, "t"), new Message.DumpRequest(1, 2, "t"),
				new Message.LogLevelRequest(1, "l", "OFF", "t"), new Message.SetLogLevel("l", "OFF"),
				new Message.StopRequest(1, "t"), new Message.UpgradeRequest(1, "t"),
				new Message.RequestReply(1, Message.Result.WRONG, "t"), new Message.Drain(1), new Message.Stop(),
				new Message.Leader(true, true, Map.of("k", "v")), new Message.Resigned(Map.of("k", "v")),
				new Message.PoolReply(1, pool), new Message.StopAccepting(), new Message.Booting("i", List.of("s")),
				new Message.Call(1, 2, 3, SampleMessages.bytes(2)),
				new Message.CallAnswer(1, 4, 2, SampleMessages.bytes(2)), new Message.CallNext(1, 2),
				new Message.Perform(1, SampleMessages.bytes(2)), new Message.Continue(1, 2),
				new Message.CallResult(1, 2, CallOutcome.SILENT, 3, 4, 2, SampleMessages.bytes(2)));
		return messages.stream()
			.filter((message) -> message.getClass().getSimpleName().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private static Stream<Class<?>> messages(Class<?> type) {
		return type.isSealed() ? Stream.of(type.getPermittedSubclasses()).flatMap(MessageCodecTests::messages)
				: Stream.of(type);
	}

	private static byte[] body(Message message) {
		byte[] frame = Bytes.of(message);
		return Arrays.copyOfRange(frame, Integer.BYTES, frame.length);
	}

	private static @Nullable Message decode(byte... frame) throws MalformedFrameException {
		return MessageCodec.decode(ByteBuffer.wrap(frame), Message.class);
	}

}
