package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class FrameDecoderTests {

	private static final int UNKNOWN_TYPE = 200;

	private final FrameDecoder<Message> decoder = new FrameDecoder<>(Message.class);

	private final List<Message> received = new ArrayList<>();

	@Test
	void aStreamMaySplitAnywhere() throws Exception {
		byte[] stream = Bytes.of(SampleMessages.all());
		for (int split = 0; split <= stream.length; split++) {
			this.received.clear();
			feed(Arrays.copyOf(stream, split));
			feed(Arrays.copyOfRange(stream, split, stream.length));
			assertThat(this.received).as("split at %d", split).isEqualTo(SampleMessages.all());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 5, 7, 64, 1000 })
	void aStreamMayArriveInPiecesOfAnySize(int size) throws Exception {
		byte[] stream = Bytes.of(SampleMessages.all());
		for (int from = 0; from < stream.length; from += size) {
			feed(Arrays.copyOfRange(stream, from, Math.min(stream.length, from + size)));
		}
		assertThat(this.received).isEqualTo(SampleMessages.all());
	}

	@Test
	void aMessageIsPassedOnWithItsLastByte() throws Exception {
		byte[] frame = Bytes.of(new Message.Drained(1));
		feed(Arrays.copyOf(frame, frame.length - 1));
		assertThat(this.received).isEmpty();
		assertThat(this.decoder.isInsideFrame()).isTrue();
		feed(frame[frame.length - 1]);
		assertThat(this.received).containsExactly(new Message.Drained(1));
		assertThat(this.decoder.isInsideFrame()).isFalse();
	}

	@Test
	void framesOfUnknownTypeAreSkipped() throws Exception {
		feed(Bytes.join(Bytes.frame(UNKNOWN_TYPE), Bytes.of(new Message.Ready()),
				Bytes.frame(UNKNOWN_TYPE, new byte[10_000]), Bytes.of(new Message.Stop())));
		assertThat(this.received).containsExactly(new Message.Ready(), new Message.Stop());
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, MessageCodec.MAX_FRAME_BYTES + 1 })
	void aLengthOutOfRangeIsMalformedAtOnce(int length) {
		byte[] header = ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
		assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> feed(header))
			.withMessage("the length of a frame must be from 1 to 1048576 but is " + length);
	}

	@Test
	void messagesBeforeAMalformedFrameArePassedOnAndNothingAfterIt() {
		byte[] stream = Bytes.join(Bytes.of(new Message.Ready()), Bytes.frame(5), Bytes.of(new Message.Drained(0)));
		assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> feed(stream))
			.withMessage("Drained of 1 bytes is truncated");
		assertThat(this.received).containsExactly(new Message.Ready());
		assertThatIllegalStateException().isThrownBy(() -> feed(Bytes.of(new Message.Drained(0))));
		assertThat(this.received).containsExactly(new Message.Ready());
	}

	@Test
	void aMessageOfTheWrongDirectionIsMalformed() {
		FrameDecoder<Message.FromWorker> ofMaster = new FrameDecoder<>(Message.FromWorker.class);
		ByteBuffer bytes = MessageCodec.encode(new Message.Stop());
		assertThatExceptionOfType(MalformedFrameException.class)
			.isThrownBy(() -> ofMaster.feed(bytes, this.received::add));
	}

	/** What a worker may send is limited by its type, before its bytes are kept. */
	@ParameterizedTest
	@CsvSource({ "1, 131070", "2, 1024", "3, 1024", "4, 131070", "5, 1024", "6, 1024", "7, 131070", "8, 262144",
			"9, 131070", "11, 1024", "64, 131070", "69, 1048576", "200, 1048576" })
	void eachTypeHasALimit(int type, int limit) throws Exception {
		feed(ByteBuffer.allocate(Integer.BYTES + 1).putInt(limit).put((byte) type).array());
		assertThat(this.decoder.isInsideFrame()).isTrue();
		if (limit < MessageCodec.MAX_FRAME_BYTES) {
			FrameDecoder<Message> other = new FrameDecoder<>(Message.class);
			ByteBuffer header = ByteBuffer.allocate(Integer.BYTES + 1).putInt(limit + 1).put((byte) type).flip();
			assertThatExceptionOfType(MalformedFrameException.class)
				.isThrownBy(() -> other.feed(header, this.received::add))
				.withMessage(
						"a frame of type " + type + " must not be above " + limit + " bytes but has " + (limit + 1));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 60_000, 130_000 })
	void aLargeFrameTakesNoMoreThanItsSizeAndItsBufferIsFreed(int frameBytes) throws Exception {
		Message large = MessageCodecTests.helloOfFrameBytes(frameBytes);
		byte[] frame = Bytes.of(large);
		for (int from = 0; from < frame.length; from += 700) {
			feed(Arrays.copyOfRange(frame, from, Math.min(frame.length, from + 700)));
			assertThat(this.decoder.bufferBytes()).isLessThanOrEqualTo(frame.length);
		}
		assertThat(this.received).containsExactly(large);
		assertThat(this.decoder.bufferBytes()).isEqualTo(FrameDecoder.INITIAL_BYTES);
	}

	@Test
	void theBufferGrowsWithTheBytesThatArriveNotWithTheLengthOfTheFrame() throws Exception {
		feed(ByteBuffer.allocate(Integer.BYTES + 1)
			.putInt(MessageCodec.MAX_FRAME_BYTES)
			.put((byte) UNKNOWN_TYPE)
			.array());
		assertThat(this.decoder.bufferBytes()).isEqualTo(FrameDecoder.INITIAL_BYTES);
		feed(new byte[1000]);
		assertThat(this.decoder.bufferBytes()).isBetween(1005, 4 * FrameDecoder.INITIAL_BYTES);
	}

	@Test
	void theBytesFedMayBeReused() throws Exception {
		byte[] frame = Bytes.of(new Message.Drained(7));
		byte[] reused = new byte[1];
		for (byte next : frame) {
			reused[0] = next;
			feed(reused);
			reused[0] = -1;
		}
		assertThat(this.received).containsExactly(new Message.Drained(7));
	}

	@Test
	void aSinkThatThrowsLosesOnlyItsMessage() throws Exception {
		ByteBuffer bytes = ByteBuffer.wrap(Bytes.of(List.of(new Message.Ready(), new Message.Stop())));
		assertThatIllegalStateException().isThrownBy(() -> this.decoder.feed(bytes, (message) -> {
			throw new IllegalStateException("sink");
		})).withMessage("sink");
		this.decoder.feed(bytes, this.received::add);
		assertThat(this.received).containsExactly(new Message.Stop());
	}

	private void feed(byte... bytes) throws MalformedFrameException {
		this.decoder.feed(ByteBuffer.wrap(bytes), this.received::add);
	}

}
