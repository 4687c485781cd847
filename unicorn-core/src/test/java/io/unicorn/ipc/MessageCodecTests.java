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

	@ParameterizedTest
	@MethodSource("io.unicorn.ipc.SampleMessages#all")
	void aMessageSurvivesTheRoundTrip(Message message) throws Exception {
		ByteBuffer frame = MessageCodec.encode(message);
		assertThat(frame.getInt()).isEqualTo(frame.remaining());
		assertThat(MessageCodec.decode(frame, Message.class)).isEqualTo(message);
	}

	@Test
	void noMessageIsForgotten() {
		assertThat(SampleMessages.all().stream().<Class<?>>map(Object::getClass).collect(Collectors.toSet()))
			.as("samples")
			.isEqualTo(messages(Message.class).collect(Collectors.toSet()));
		assertThat(MessageFormat.ALL).as("formats")
			.<Class<?>>map(MessageFormat::type)
			.containsExactlyInAnyOrderElementsOf(messages(Message.class).distinct().toList());
	}

	@Test
	void codesAreBytesAndThoseOfTheTwoSidesDoNotMix() {
		assertThat(MessageFormat.ALL).allSatisfy((format) -> {
			boolean fromWorker = Message.FromWorker.class.isAssignableFrom(format.type());
			assertThat(format.code()).isBetween(fromWorker ? 1 : 65, fromWorker ? 64 : 255);
			assertThat(format.code()).isNotEqualTo(UNKNOWN_TYPE);
		});
	}

	/**
	 * Other versions rely on these bytes. A failure here is a break of the protocol, not
	 * a reason to change the test.
	 */
	@ParameterizedTest
	@CsvSource(
			textBlock = """
					Hello,     0000000f01 00000001 00000001 0001 6b 0001 76
					Ready,     0000000102
					Heartbeat, 0000002903 0000000000000001 00000002 0000000000000003 00000004 0000000000000005 0000000000000006
					Retire,    0000000704 0001 72 0001 64
					Drained,   0000000505 00000001
					PoolQuery, 0000000906 0000000000000001
					Health,    0000000507 01 0001 64
					BootLog,   0000000808 00000001 0001 61
					Welcome,   0000002a41 00000001 0000000000000002 00000003 0000000000000004 01 0000000000000005 0000000000000006
					Drain,     0000000942 0000000000000001
					Stop,      0000000143
					Leader,    0000000244 01
					PoolReply, 000000be45 0000000000000001 00000001 000000000000000000000000 00000001 000173 00000001 00000001 \
					00000001 00000000 0000000000000001 00000002 00000001 000173 01 000000000000000000000000 0000000000000000 00000001 \
					00000001 000172 0000000000000001 \
					00000001 0000000000000001 00000001 00000002 000163 000174 000173 000000000000000000000000 01 000000000000000000000000 \
					000172 00000001 000000000000000000000000 000177 00000001 00016c
					StopAccepting, 0000000146
					RefuseTraffic, 0000000147
					EndConnections, 0000000148
					RolloutRequest, 0000000c09 0000000000000001 0001 74
					RolloutReply, 0000001149 0000000000000001 0000000000000002
					""")
	void theBytesOnTheWireStayTheSame(String name, String hex) {
		assertThat(HexFormat.of().formatHex(Bytes.of(plain(name)))).isEqualTo(hex.replace(" ", ""));
	}

	@Test
	void bytesAfterTheLastFieldAreIgnoredBecauseANewerPeerMayHaveAppendedThem() throws Exception {
		for (Message message : SampleMessages.all()) {
			byte[] longer = Bytes.join(body(message), new byte[] { 1, 2, 3 });
			assertThat(decode(longer)).isEqualTo(message);
		}
	}

	@Test
	void anUnknownTypeIsNoMessage() throws Exception {
		assertThat(decode((byte) UNKNOWN_TYPE)).isNull();
		assertThat(decode((byte) 0, (byte) 1)).isNull();
	}

	@Test
	void whatAnOlderMasterDoesNotSayIsZero() throws Exception {
		byte[] body = body(new Message.Welcome(1, 2, 3, 4, true, 5, 6));
		assertThat(decode(Arrays.copyOf(body, body.length - Long.BYTES)))
			.isEqualTo(new Message.Welcome(1, 2, 3, 4, true, 5, 0));
	}

	@Test
	void everyTruncationIsMalformed() {
		for (Message message : SampleMessages.all()) {
			byte[] body = body(message);
			for (int length = 0; length < body.length; length++) {
				if (message instanceof Message.Welcome && length == body.length - Long.BYTES) {
					// What an older master sends.
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
					05 0000                                    | Drained of 3 bytes is truncated
					41 ffffffff 0000000000000001 00000001 0000000000000000 00 0000000000000000 | Welcome is malformed: index must be at least 0 but is -1
					42 ffffffffffffffff                        | Drain is malformed: timeoutMillis must be at least 0 but is -1
					44 02                                      | Leader is malformed: a boolean must be 0 or 1 but is 2
					45 0000000000000001 00000001 0000000000000000 3b9aca00 | PoolReply is malformed: nanoseconds must be from 0 to 999999999 but are 1000000000
					45 0000000000000001 00000001 0000000000000000 ffffffff | PoolReply is malformed: nanoseconds must be from 0 to 999999999 but are -1
					45 0000000000000001 00000001 7fffffffffffffff 3b9ac9ff | PoolReply is malformed: no time has the epoch second 9223372036854775807
					45 0000000000000001 00000001 0000000000000000 00000000 00000001 0000 00000000 00000000 00000001 00000000 | PoolReply is malformed: 1 entries cannot be in the remaining 4 bytes
					""")
	void aMalformedFrameSaysWhatIsWrong(String hex, String message) {
		byte[] frame = HexFormat.of().parseHex(hex.replace(" ", ""));
		assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> decode(frame)).withMessage(message);
	}

	@Test
	void theOrderOfTheBufferDoesNotMatterAndItsPositionStays() throws Exception {
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
	 * A hello that takes this many bytes after the length of its frame.
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

	private static Message plain(String name) {
		PoolSnapshot pool = new PoolSnapshot(new PoolSnapshot.MasterInfo(1, Instant.EPOCH, 1, "s"), 1, 1,
				List.of(new PoolSnapshot.WorkerInfo(0, 1, 2, 1, "s", true, Instant.EPOCH, 0, 1)), Map.of("r", 1L),
				List.of(new PoolSnapshot.RolloutInfo(1, 1, 2, "c", "t", "s", Instant.EPOCH, Instant.EPOCH, "r",
						List.of(new PoolSnapshot.StepInfo(Instant.EPOCH, "w")), List.of("l"))));
		List<Message> messages = List.of(new Message.Hello(1, Map.of("k", "v")), new Message.Ready(),
				new Message.Heartbeat(1, 2, 3, 4, 5, 6), new Message.Retire("r", "d"), new Message.Drained(1),
				new Message.PoolQuery(1), new Message.Health(true, "d"), new Message.BootLog(List.of("a")),
				new Message.Welcome(1, 2, 3, 4, true, 5, 6), new Message.RefuseTraffic(), new Message.EndConnections(),
				new Message.RolloutRequest(1, "t"), new Message.RolloutReply(1, 2), new Message.Drain(1),
				new Message.Stop(), new Message.Leader(true), new Message.PoolReply(1, pool),
				new Message.StopAccepting());
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
