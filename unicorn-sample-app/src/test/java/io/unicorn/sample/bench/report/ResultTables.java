package io.unicorn.sample.bench.report;

import java.util.List;

import io.unicorn.sample.bench.MachineInfo;

/**
 * Writes results as Markdown.
 */
final class ResultTables {

	private ResultTables() {
	}

	static String of(MachineInfo machine, Results results) {
		StringBuilder text = new StringBuilder("# Results\n\nWritten by `unicorn-sample-app/benchmarks/run`; "
				+ "[how to read and repeat them](README.md).\n\n");
		machine.lines().forEach((line) -> text.append("- ").append(line).append('\n'));
		text.append("\n## Goals\n\nRatios are to the plain application, round by round.\n\n");
		text.append("| workload | what | JDK | goal | median | least to greatest | rounds | met |\n");
		text.append("|---|---|---|---|---|---|---|---|\n");
		results.goals().forEach((result) -> text.append(row(result)));
		text.append("\n## Figures\n\n");
		text.append("| workload | quantity | JDK | of | median | least to greatest | rounds |\n");
		text.append("|---|---|---|---|---|---|---|\n");
		results.series().forEach((series) -> text.append(row(series)));
		remarks(text, results.remarks());
		return text.toString();
	}

	private static String row(GoalResult result) {
		Spread spread = result.spread();
		String met = result.isMet() ? "yes" : "**no**";
		return "| %s | %s | %s | %s | %s | %s | %d | %s%s |%n".formatted(result.workload(), result.what(), result.jdk(),
				result.goal(), with(result.goal().unit(), spread.median()), range(spread), spread.count(), met,
				result.isClose() ? ", not in every round" : "");
	}

	private static String row(Series series) {
		Spread spread = series.spread();
		return "| %s | %s | %s | %s | %s | %s | %d |%n".formatted(series.workload(), series.quantity(), series.jdk(),
				series.subject(), with(series.unit(), spread.median()), range(spread), spread.count());
	}

	private static String with(String unit, double value) {
		return (Figures.text(value) + " " + unit).strip();
	}

	private static String range(Spread spread) {
		return (spread.count() == 1) ? "–" : Figures.text(spread.min()) + " to " + Figures.text(spread.max());
	}

	private static void remarks(StringBuilder text, List<String> remarks) {
		if (!remarks.isEmpty()) {
			text.append("\n## Remarks of this run\n\n");
			remarks.forEach((remark) -> text.append("- ").append(remark.lines().findFirst().orElse("")).append('\n'));
		}
	}

}
