package io.unicorn.ipc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Feeds random bytes to decoder and reader, which must return messages or report
 * malformed input. Each run draws new bytes; repeat a failure with
 * {@code -Dunicorn.seed=} and the seed that it has printed.
 */
@Timeout(120)
class MalformedInputFuzzTests {

	private static final int ROUNDS = 20_000;

	/**
	 * Far above what these small inputs need, far below what the lengths and counts in
	 * them claim.
	 */
	private static final long MAX_ALLOCATED_BYTES = 512 * 1024;

	private final long seed = Long.getLong("unicorn.seed", System.nanoTime());

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@Test
	void randomBytes() {
		fuzz((random) -> {
			byte[] bytes = new byte[random.nextInt(200)];
			random.nextBytes(bytes);
			return bytes;
		});
	}

	@Test
	void framesOfKnownTypeWithRandomFields() {
		fuzz((random) -> {
			byte[] payload = new byte[random.nextInt(100)];
			random.nextBytes(payload);
			// Zeros make small numbers, which pass as counts.
			for (int i = 0; i < payload.length; i++) {
				payload[i] = random.nextInt(3) > 0 ? (byte) 0 : payload[i];
			}
			int code = MessageFormat.ALL.get(random.nextInt(MessageFormat.ALL.size())).code();
			return Bytes.join(Bytes.frame(code, payload), Bytes.of(new Message.Ready()));
		});
	}

	@Test
	void flippedBits() {
		fuzz((random) -> {
			byte[] bytes = stream(random);
			for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
				bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
			}
			return bytes;
		});
	}

	@Test
	void bytesCutOutOrOffTheEnd() {
		fuzz((random) -> {
			byte[] bytes = stream(random);
			int from = random.nextInt(bytes.length);
			int to = random.nextBoolean() ? bytes.length : from + random.nextInt(bytes.length - from);
			return Bytes.join(Arrays.copyOf(bytes, from), Arrays.copyOfRange(bytes, to, bytes.length));
		});
	}

	private void fuzz(Function<Random, byte[]> input) {
		Random random = new Random(this.seed);
		for (int round = 0; round < ROUNDS; round++) {
			byte[] bytes = input.apply(random);
			try {
				check(bytes, random);
			}
			catch (Exception | AssertionError ex) {
				fail("round " + round + "; repeat with -Dunicorn.seed=" + this.seed, ex);
			}
		}
	}

	private void check(byte[] bytes, Random random) throws IOException {
		long before = this.threads.getCurrentThreadAllocatedBytes();
		List<Message> decoded = decode(bytes, random);
		List<Message> read = read(bytes);
		assertThat(this.threads.getCurrentThreadAllocatedBytes() - before).as("allocated bytes")
			.isLessThan(MAX_ALLOCATED_BYTES);
		assertThat(read).isEqualTo(decoded);
		for (Message message : decoded) {
			assertThat(MessageCodec.encode(message).remaining()).isPositive();
		}
	}

	/**
	 * Decode the bytes in random pieces, up to the first malformed frame.
	 */
	private static List<Message> decode(byte[] bytes, Random random) {
		List<Message> messages = new ArrayList<>();
		FrameDecoder<Message> decoder = new FrameDecoder<>(Message.class);
		int from = 0;
		try {
			while (from < bytes.length) {
				int length = 1 + random.nextInt(bytes.length - from);
				decoder.feed(ByteBuffer.wrap(bytes, from, length), messages::add);
				from += length;
				assertThat(decoder.bufferBytes())
					.isLessThanOrEqualTo(Math.max(FrameDecoder.INITIAL_BYTES, 2 * bytes.length));
			}
		}
		catch (MalformedFrameException ex) {
			assertThat(ex).hasMessageNotContaining("null");
		}
		return messages;
	}

	private static List<Message> read(byte[] bytes) throws IOException {
		List<Message> messages = new ArrayList<>();
		MessageReader<Message> reader = new MessageReader<>(new ByteArrayInputStream(bytes), Message.class);
		try {
			for (Message message = reader.read(); message != null; message = reader.read()) {
				messages.add(message);
			}
		}
		catch (MalformedFrameException ex) {
			assertThat(ex).hasMessageNotContaining("null");
		}
		return messages;
	}

	private static byte[] stream(Random random) {
		List<Message> messages = new ArrayList<>(SampleMessages.all());
		Collections.shuffle(messages, random);
		return Bytes.of(messages.subList(0, 1 + random.nextInt(messages.size())));
	}

}
