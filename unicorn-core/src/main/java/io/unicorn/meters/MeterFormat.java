package io.unicorn.meters;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Encodes series in parts and decodes them. Each part stands alone. It is a list of
 * series; families and fields are written where they are first used in the part, and
 * referred to by their number afterwards, from 1. Numbers are of variable length, seven
 * bits to a byte, the lowest first; values of 0 are left out, and counts take a byte or
 * two. So most series take little more than their labels.
 * <p>
 * Other versions of this code rely on the layout, which begins with its version. Has no
 * state; thread-safe.
 */
public final class MeterFormat {

	/** The most bytes of a part. */
	public static final int PART_BYTES = 32 * 1024;

	/** The most bytes of a text; a series with a longer one is left out. */
	static final int TEXT_BYTES = 4 * 1024;

	/** The most fields of a series; one with more is left out. */
	static final int MOST_FIELDS = 512;

	/**
	 * The most values of a part. Few bytes may stand for many values that are 0, so this
	 * limits what a part takes in memory.
	 */
	static final int MOST_VALUES = 32 * 1024;

	private static final int VERSION = 1;

	private static final double MOST_COUNT = 1L << 53;

	private MeterFormat() {
	}

	/**
	 * Return a batch in parts, none if it has no series.
	 */
	public static List<ByteBuffer> encode(MeterBatch batch) {
		List<ByteBuffer> parts = new ArrayList<>();
		Part part = new Part();
		for (Series series : batch.series()) {
			Family known = batch.families().get(series.key().family());
			Family family = (known != null && known.type() == series.key().type()) ? known
					: new Family(series.key().family(), series.key().type(), "");
			if (series.fields().length > MOST_FIELDS || isTooLong(series, family)) {
				continue;
			}
			if (!part.add(series, family)) {
				parts.add(part.finish());
				part = new Part();
				if (!part.add(series, family)) {
					throw new IllegalStateException("a series must fit into a part");
				}
			}
		}
		if (!part.isEmpty()) {
			parts.add(part.finish());
		}
		return parts;
	}

	/** UTF-8 has at most three bytes for each {@code char}. */
	private static boolean isTooLong(Series series, Family family) {
		int most = TEXT_BYTES / 3;
		return series.key().labels().length() > most || family.name().length() > most || family.help().length() > most;
	}

	/**
	 * Decode a part.
	 * @param part its position does not change; no bytes are no series
	 * @throws IllegalArgumentException if it is malformed
	 */
	public static MeterBatch decode(ByteBuffer part) {
		if (!part.hasRemaining()) {
			return new MeterBatch(Map.of(), List.of());
		}
		try {
			return new Reader(part.slice()).read();
		}
		catch (BufferUnderflowException ex) {
			throw new IllegalArgumentException("a part of " + part.remaining() + " bytes is truncated", ex);
		}
	}

	/** Writes a part. */
	private static final class Part {

		private final ByteBuffer bytes = ByteBuffer.allocate(PART_BYTES);

		private final Map<Family, Integer> families = new HashMap<>();

		private final List<double[]> fields = new ArrayList<>();

		private int values;

		Part() {
			this.bytes.put((byte) VERSION);
		}

		boolean isEmpty() {
			return this.values == 0 && this.bytes.position() == 1;
		}

		ByteBuffer finish() {
			return ByteBuffer.wrap(Arrays.copyOf(this.bytes.array(), this.bytes.position()));
		}

		/** Return {@code false}, and add nothing, if there is too little room. */
		boolean add(Series series, Family family) {
			if (this.bytes.remaining() < size(series, family) || this.values + series.values().length > MOST_VALUES) {
				return false;
			}
			this.values += series.values().length;
			writeFamily(family);
			writeText(series.key().labels());
			writeNumber(series.key().slot() - Series.POOL);
			writeFields(series.fields());
			writeValues(series.values());
			return true;
		}

		/** Return an upper bound of the bytes. */
		private static int size(Series series, Family family) {
			return 64 + 3 * (family.name().length() + family.help().length() + series.key().labels().length())
					+ series.fields().length * (Double.BYTES + Double.BYTES + 1 + 2);
		}

		private void writeFamily(Family family) {
			Integer number = this.families.get(family);
			writeNumber((number != null) ? number : 0);
			if (number == null) {
				this.families.put(family, this.families.size() + 1);
				writeText(family.name());
				this.bytes.put((byte) family.type().code());
				writeText(family.help());
			}
		}

		private void writeFields(double[] wanted) {
			for (int i = 0; i < this.fields.size(); i++) {
				if (Arrays.equals(this.fields.get(i), wanted)) {
					writeNumber(i + 1L);
					return;
				}
			}
			this.fields.add(wanted);
			writeNumber(0);
			writeNumber(wanted.length);
			for (double field : wanted) {
				this.bytes.putDouble(field);
			}
		}

		/** Write the values that are not 0, each after the number of those skipped. */
		private void writeValues(double[] all) {
			int skipped = 0;
			for (double value : all) {
				if (Double.doubleToRawLongBits(value) == 0) {
					skipped++;
					continue;
				}
				writeNumber(skipped + 1L);
				skipped = 0;
				if (value > 0 && value < MOST_COUNT && value == Math.rint(value)) {
					writeNumber((long) value);
				}
				else {
					writeNumber(0);
					this.bytes.putDouble(value);
				}
			}
			writeNumber(0);
		}

		private void writeText(String text) {
			byte[] utf = text.getBytes(StandardCharsets.UTF_8);
			writeNumber(utf.length);
			this.bytes.put(utf);
		}

		private void writeNumber(long number) {
			long left = number;
			while (left > 0x7F) {
				this.bytes.put((byte) (left | 0x80));
				left >>>= 7;
			}
			this.bytes.put((byte) left);
		}

	}

	/** Reads a part, which is not trusted. */
	private static final class Reader {

		private final ByteBuffer bytes;

		private final List<Family> families = new ArrayList<>();

		private final List<double[]> fields = new ArrayList<>();

		private int values;

		Reader(ByteBuffer bytes) {
			this.bytes = bytes;
		}

		MeterBatch read() {
			if (this.bytes.get() != VERSION) {
				throw new IllegalArgumentException("the version is unknown");
			}
			List<Series> series = new ArrayList<>();
			while (this.bytes.hasRemaining()) {
				Family family = readFamily();
				String labels = readText();
				int slot = readInt(0xFFFF) + Series.POOL;
				double[] own = readFields();
				series.add(new Series(new Series.Key(family.name(), family.type(), labels, slot), own,
						readValues(own.length)));
			}
			Map<String, Family> byName = new HashMap<>();
			this.families.forEach((family) -> byName.put(family.name(), family));
			return new MeterBatch(byName, series);
		}

		private Family readFamily() {
			Family known = readReference(this.families);
			if (known != null) {
				return known;
			}
			String name = readText();
			int code = this.bytes.get();
			Family.Type type = Family.Type.of(code);
			if (type == null) {
				throw new IllegalArgumentException("there is no type " + code);
			}
			Family family = new Family(name, type, readText());
			this.families.add(family);
			return family;
		}

		private double[] readFields() {
			double[] known = readReference(this.fields);
			if (known != null) {
				return known;
			}
			double[] own = new double[readInt(Math.min(MOST_FIELDS, this.bytes.remaining() / Double.BYTES))];
			for (int i = 0; i < own.length; i++) {
				own[i] = this.bytes.getDouble();
				if (i > 0 && Double.compare(own[i - 1], own[i]) >= 0) {
					throw new IllegalArgumentException("the fields are not in order");
				}
			}
			this.fields.add(own);
			return own;
		}

		private <T> @Nullable T readReference(List<T> known) {
			int number = readInt(known.size());
			return (number == 0) ? null : known.get(number - 1);
		}

		private double[] readValues(int count) {
			this.values += count;
			if (this.values > MOST_VALUES) {
				throw new IllegalArgumentException("there are more values than " + MOST_VALUES);
			}
			double[] own = new double[count];
			int next = -1;
			for (int step = readInt(count); step > 0; step = readInt(count)) {
				next += step;
				if (next >= count) {
					throw new IllegalArgumentException("there are more values than fields");
				}
				long whole = readNumber();
				own[next] = (whole != 0) ? (double) whole : this.bytes.getDouble();
			}
			return own;
		}

		private String readText() {
			byte[] utf = new byte[readInt(Math.min(TEXT_BYTES, this.bytes.remaining()))];
			this.bytes.get(utf);
			return new String(utf, StandardCharsets.UTF_8);
		}

		private int readInt(int most) {
			long number = readNumber();
			if (number < 0 || number > most) {
				throw new IllegalArgumentException("a number must be from 0 to " + most + " but is " + number);
			}
			return (int) number;
		}

		private long readNumber() {
			long number = 0;
			for (int shift = 0; shift < Long.SIZE; shift += 7) {
				byte next = this.bytes.get();
				number |= (next & 0x7FL) << shift;
				if (next >= 0) {
					return number;
				}
			}
			throw new IllegalArgumentException("a number is too long");
		}

	}

}
