package io.unicorn.ipc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
	void aStreamMayComeInPiecesOfAnySize(int size) throws Exception {
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

	@ParameterizedTest
	@ValueSource(ints = { 600_000, MessageCodec.MAX_FRAME_BYTES })
	void aLargeFrameTakesNoMoreThanItsSizeAndItsBufferIsGivenBack(int frameBytes) throws Exception {
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
	void theBufferGrowsWithWhatArrivesAndNotWithWhatIsPromised() throws Exception {
		feed(ByteBuffer.allocate(Integer.BYTES).putInt(MessageCodec.MAX_FRAME_BYTES).array());
		assertThat(this.decoder.bufferBytes()).isEqualTo(FrameDecoder.INITIAL_BYTES);
		feed(new byte[1000]);
		assertThat(this.decoder.bufferBytes()).isBetween(1004, 4 * FrameDecoder.INITIAL_BYTES);
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
