package io.unicorn.sample.soak;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Writes results as Markdown.
 */
final class SoakTable {

	private SoakTable() {
	}

	/** One line for each server. */
	static String servers(List<SoakResult> results) {
		StringBuilder table = new StringBuilder(
				"""
						| server | roll-outs | requests | lost | wrong | refused | p50 / p99 steady, ms | p99 during roll-outs, ms | ratio |
						|---|---|---|---|---|---|---|---|---|
						""");
		for (SoakResult result : results) {
			Ledger quick = result.quick();
			Duration steady = quick.latency(Phase.STEADY, 0.99);
			Duration during = quick.latency(Phase.ROLL_OUT, 0.99);
			table.append(row("| %s | %d of %d | %,d | %d | %d | %d | %s / %s | %s | %.2f |%n", result.server(),
					result.rollouts().size(), result.planned(), result.sent(), result.lost(), result.wrong(),
					result.refused(), millis(quick.latency(Phase.STEADY, 0.5)), millis(steady), millis(during),
					steady.isZero() ? Double.NaN : (double) during.toNanos() / steady.toNanos()));
		}
		return table.toString();
	}

	/** One line for each kind of client, and what else there is to say. */
	static String details(SoakResult result) {
		StringBuilder text = new StringBuilder(row("%s: %.0f s, %.0f requests/s; %s%n%n", result.server(),
				seconds(result.duration()), result.sent() / seconds(result.duration()), rollouts(result)));
		text.append(
				"""
						| clients | sent | connections | right | wrong | lost | deferred | refused | p50 / p99 steady, ms | p50 / p99 roll-outs, ms | p50 / p99 between, ms |
						|---|---|---|---|---|---|---|---|---|---|---|
						""");
		result.ledgers()
			.forEach((kind,
					ledger) -> text.append(row("| %d × %s | %,d | %,d | %,d | %d | %d | %d | %d | %s | %s | %s |%n",
							Mix.count(kind), kind, ledger.sentCount(), ledger.connectionCount(), ledger.rightCount(),
							ledger.wrong(), ledger.lost(), ledger.deferredCount(), ledger.refused(),
							latencies(ledger, Phase.STEADY), latencies(ledger, Phase.ROLL_OUT),
							latencies(ledger, Phase.BETWEEN))));
		Http2Count http2 = result.http2();
		if (http2.sent() > 0) {
			text.append(row("| 4 × HTTP/2 (h2load) | %,d | | %,d | %d | %d | %d | | | | |%n", http2.sent(),
					http2.right(), http2.wrong(), http2.lost(), http2.refused()));
		}
		result.samples().forEach((sample) -> text.append("\n- ").append(sample));
		result.complaints().forEach((complaint) -> text.append("\n- ").append(complaint));
		return text.toString();
	}

	private static String rollouts(SoakResult result) {
		List<Duration> sorted = result.rollouts().stream().sorted().toList();
		if (sorted.isEmpty()) {
			return "no roll-out succeeded";
		}
		return row("a roll-out took %.1f s (median), at most %.1f s", seconds(sorted.get(sorted.size() / 2)),
				seconds(sorted.get(sorted.size() - 1)));
	}

	private static String latencies(Ledger ledger, Phase phase) {
		return (ledger.count(phase) == 0) ? "–"
				: millis(ledger.latency(phase, 0.5)) + " / " + millis(ledger.latency(phase, 0.99));
	}

	private static String millis(Duration latency) {
		return row("%.1f", latency.toNanos() / 1e6);
	}

	private static double seconds(Duration duration) {
		return duration.toNanos() / 1e9;
	}

	private static String row(String format, Object... values) {
		return String.format(Locale.ROOT, format, values);
	}

}
