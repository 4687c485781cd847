package io.unicorn.sample.bench.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.unicorn.sample.bench.MachineInfo;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the results of a run: {@code results.json} with each figure, {@code results.md}
 * with tables, and a plot for each quantity.
 */
public final class ResultFiles {

	private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

	private ResultFiles() {
	}

	public static void write(Path directory, MachineInfo machine, Results results) throws IOException {
		Files.createDirectories(directory);
		Files.writeString(directory.resolve("results.json"),
				JSON.writeValueAsString(new Document(machine, results.goals(), results.series(), results.remarks()))
						+ "\n");
		String tables = ResultTables.of(machine, results);
		Files.writeString(directory.resolve("results.md"), tables + plots(directory, results.series()));
		System.out.println(tables);
		System.out.println("written to " + directory.toAbsolutePath().normalize());
	}

	private static String plots(Path directory, List<Series> all) throws IOException {
		removeOld(directory);
		Map<String, List<Series>> plots = new LinkedHashMap<>();
		for (Series series : all) {
			plots.computeIfAbsent(series.workload() + "-" + series.quantity(), (name) -> new java.util.ArrayList<>())
				.add(series);
		}
		StringBuilder markdown = new StringBuilder(
				"\n## Plots\n\nBars are medians, lines go from the least to the " + "greatest of all rounds.\n");
		for (Map.Entry<String, List<Series>> plot : plots.entrySet()) {
			String file = plot.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
			Files.writeString(directory.resolve(file), BarChart.of(plot.getValue()));
			markdown.append("\n![").append(plot.getValue().get(0).quantity()).append("](").append(file).append(")\n");
		}
		return markdown.toString();
	}

	/**
	 * Removes plots of earlier runs: their workload may be gone, or have failed this
	 * time.
	 */
	private static void removeOld(Path directory) throws IOException {
		try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, "*.svg")) {
			for (Path file : old) {
				Files.delete(file);
			}
		}
	}

	record Document(MachineInfo machine, @JsonProperty("verdicts") List<GoalResult> goals, List<Series> series,
			List<String> remarks) {

	}

}
