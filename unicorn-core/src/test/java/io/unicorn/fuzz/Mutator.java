package io.unicorn.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes new inputs of valid ones: flips bits, writes numbers at the limits of their types
 * where lengths and counts may stand, cuts, repeats and joins pieces.
 */
final class Mutator {

	private static final int MOST_BYTES = 1 << 16;

	private static final long[] LIMITS = { 0, 1, 2, -1, 127, 128, 255, 256, 4096, 4097, 65_535, 65_536, 100_000,
			100_001, 1 << 20, (1 << 20) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE };

	private final List<byte[]> corpus;

	private final Random random;

	Mutator(List<byte[]> corpus, Random random) {
		this.corpus = corpus;
		this.random = random;
	}

	/** Return an input that was mutated one to four times. */
	byte[] next() {
		byte[] bytes = any().clone();
		for (int steps = 1 + this.random.nextInt(4); steps > 0; steps--) {
			bytes = (bytes.length == 0 || bytes.length > MOST_BYTES) ? any().clone() : mutate(bytes);
		}
		if (bytes.length > Integer.BYTES && this.random.nextInt(3) == 0) {
			// A frame with the right length is read to its last field.
			ByteBuffer.wrap(bytes).putInt(0, bytes.length - Integer.BYTES);
		}
		return bytes;
	}

	private byte[] any() {
		return this.corpus.get(this.random.nextInt(this.corpus.size()));
	}

	private byte[] mutate(byte[] bytes) {
		int from = this.random.nextInt(bytes.length);
		int to = from + this.random.nextInt(Math.min(32, bytes.length - from) + 1);
		return switch (this.random.nextInt(8)) {
			case 0 -> {
				bytes[from] ^= (byte) (1 << this.random.nextInt(8));
				yield bytes;
			}
			case 1 -> {
				bytes[from] = (byte) this.random.nextInt();
				yield bytes;
			}
			case 2 -> write(bytes, from, LIMITS[this.random.nextInt(LIMITS.length)]);
			case 3 -> write(bytes, from, this.random.nextInt(9) - 4L);
			case 4 -> join(bytes, from, new byte[0], to);
			case 5 -> join(bytes, to, Arrays.copyOfRange(bytes, from, to), to);
			case 6 -> Arrays.copyOf(bytes, from);
			default -> {
				byte[] other = any();
				yield join(bytes, from, other, bytes.length - Math.min(bytes.length, this.random.nextInt(16)));
			}
		};
	}

	/** Write a number, or add it where it is small, in one, two, four or eight bytes. */
	private byte[] write(byte[] bytes, int at, long number) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		int rest = bytes.length - at;
		boolean add = Math.abs(number) <= 4;
		if (rest >= Long.BYTES && this.random.nextInt(4) == 0) {
			buffer.putLong(at, add ? buffer.getLong(at) + number : number);
		}
		else if (rest >= Integer.BYTES && this.random.nextInt(3) > 0) {
			buffer.putInt(at, (int) (add ? buffer.getInt(at) + number : number));
		}
		else if (rest >= Short.BYTES) {
			buffer.putShort(at, (short) (add ? buffer.getShort(at) + number : number));
		}
		return bytes;
	}

	private static byte[] join(byte[] bytes, int from, byte[] between, int to) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		joined.write(bytes, 0, from);
		joined.writeBytes(between);
		joined.write(bytes, to, Math.max(0, bytes.length - to));
		return joined.toByteArray();
	}

}
