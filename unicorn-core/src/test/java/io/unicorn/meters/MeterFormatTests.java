package io.unicorn.meters;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.unicorn.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What series become on their way.
 */
class MeterFormatTests {

	private static List<Series> decode(List<ByteBuffer> parts) {
		List<Series> series = new ArrayList<>();
		parts.forEach((part) -> series.addAll(MeterFormat.decode(part).series()));
		return series;
	}

	private static byte[] bytes(ByteBuffer part) {
		byte[] bytes = new byte[part.remaining()];
		part.duplicate().get(bytes);
		return bytes;
	}

	@Test
	void seriesAreDecodedAsTheyWereEncoded() {
		List<Series> series = List.of(SampleSeries.counter("/größer \uD83E\uDD84", 0),
				SampleSeries.counter("", 1L << 52), SampleSeries.counter("/a", 1e300), SampleSeries.counter("/b", 0.1),
				SampleSeries.gauge(3, -1), SampleSeries.gauge(7, Double.NaN), SampleSeries.gauge(8, -0.0),
				SampleSeries.gauge(9, Double.NEGATIVE_INFINITY),
				SampleSeries.histogram(new double[] { -1, 0, 0.5, Series.COUNT, Series.VALUE }, 0, 3, 0, 0, 2.5),
				Series.gone(SampleSeries.counterKey("/gone")));
		List<ByteBuffer> parts = MeterFormat.encode(new MeterBatch(SampleSeries.FAMILIES, series));
		assertThat(parts).hasSize(1);
		assertThat(MeterFormat.decode(parts.get(0)).series()).isEqualTo(series);
		assertThat(MeterFormat.decode(parts.get(0)).families()).isEqualTo(SampleSeries.FAMILIES);
		assertThat(MeterFormat.decode(parts.get(0)).series()).as("again").isEqualTo(series);
	}

	@Test
	void nothingTakesNoPart() {
		assertThat(MeterFormat.encode(new MeterBatch(SampleSeries.FAMILIES, List.of()))).isEmpty();
		assertThat(MeterFormat.decode(ByteBuffer.allocate(0)).series()).isEmpty();
	}

	@Test
	void manySeriesTakeSeveralPartsThatStandAlone() {
		List<Series> series = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			series.add(SampleSeries.counter("/a/path/that/is/not/short/" + i, i));
		}
		List<ByteBuffer> parts = new ArrayList<>(MeterFormat.encode(new MeterBatch(SampleSeries.FAMILIES, series)));
		assertThat(parts).hasSizeGreaterThan(2)
			.allSatisfy((part) -> assertThat(part.remaining()).isLessThanOrEqualTo(MeterFormat.PART_BYTES));
		Collections.reverse(parts);
		assertThat(decode(parts)).containsExactlyInAnyOrderElementsOf(series);
	}

	@Test
	void emptyHistogramsTakeLittleOnTheWayAndAreLimitedInMemory() {
		double[] fields = new double[MeterFormat.MOST_FIELDS];
		Arrays.setAll(fields, (i) -> i);
		List<Series> series = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			series.add(new Series(new Series.Key("seconds", Family.Type.HISTOGRAM, "uri\0/" + i + "\0", -1), fields,
					new double[fields.length]));
		}
		List<ByteBuffer> parts = MeterFormat.encode(new MeterBatch(SampleSeries.FAMILIES, series));
		assertThat(parts).allSatisfy((part) -> assertThat(MeterFormat.decode(part).series().size() * fields.length)
			.isLessThanOrEqualTo(MeterFormat.MOST_VALUES));
		assertThat(parts.stream().mapToInt(ByteBuffer::remaining).sum()).isLessThan(32 * 1024);
		assertThat(decode(parts)).isEqualTo(series);
	}

	@Test
	void theLargestSeriesFitsAndALargerOneIsLeftOut() {
		String text = "\u20ac".repeat(MeterFormat.TEXT_BYTES / 3);
		double[] fields = new double[MeterFormat.MOST_FIELDS];
		Arrays.setAll(fields, (i) -> i + 0.5);
		double[] values = new double[fields.length];
		Arrays.fill(values, 0.3);
		Map<String, Family> families = Map.of(text, new Family(text, Family.Type.SUMMARY, text));
		Series largest = new Series(new Series.Key(text, Family.Type.SUMMARY, text, 0), fields, values);
		Series longer = new Series(new Series.Key(text, Family.Type.SUMMARY, text + "x", 0), fields, values);
		Series wider = new Series(new Series.Key(text, Family.Type.SUMMARY, "", 0),
				new double[MeterFormat.MOST_FIELDS + 1], new double[MeterFormat.MOST_FIELDS + 1]);
		assertThat(decode(MeterFormat.encode(new MeterBatch(families, List.of(largest, longer, wider, largest)))))
			.containsExactly(largest, largest);
	}

	@Test
	void aPartThatStandsForMoreMemoryThanItHasBytesIsRefused() {
		double[] fields = new double[MeterFormat.MOST_FIELDS];
		Arrays.setAll(fields, (i) -> i);
		Series empty = new Series(new Series.Key("s", Family.Type.SUMMARY, "", 0), fields, new double[fields.length]);
		byte[] one = bytes(MeterFormat.encode(new MeterBatch(Map.of(), List.of(empty))).get(0));
		ByteBuffer bomb = ByteBuffer.allocate(MeterFormat.PART_BYTES).put(one);
		while (bomb.remaining() >= 5) {
			// The first family, no labels, the slot, the first fields, no values.
			bomb.put(new byte[] { 1, 0, 1, 1, 0 });
		}
		assertThatIllegalArgumentException().isThrownBy(() -> MeterFormat.decode(bomb.flip()))
			.withMessageContaining("more values");
	}

	@Test
	@Tag("one-jdk")
	void mutatedPartsAreDecodedOrRefused() throws Exception {
		List<byte[]> corpus = new ArrayList<>();
		Random random = new Random(7);
		for (int i = 0; i < 20; i++) {
			MeterFormat.encode(new MeterBatch(SampleSeries.FAMILIES, SampleSeries.random(random)))
				.forEach((part) -> corpus.add(bytes(part)));
		}
		Fuzzing.run(corpus, (input, unused) -> {
			try {
				MeterBatch batch = MeterFormat.decode(ByteBuffer.wrap(input));
				assertThat(batch.series().stream().mapToInt((series) -> series.values().length).sum())
					.isLessThanOrEqualTo(MeterFormat.MOST_VALUES);
				MeterTable table = new MeterTable();
				table.add(1, 0);
				table.update(1, batch);
				table.remove(1);
				table.merge(List.of());
				return true;
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex.getMessage()).doesNotContain("null");
				return false;
			}
		});
	}

}
