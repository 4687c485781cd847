package io.unicorn.sample.bench.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Workload;
import io.unicorn.sample.bench.report.Goal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the JMH benchmarks of the core: the cost of counting a request and of frames.
 */
public final class HotPaths implements Workload {

	@Override
	public String name() {
		return "hot-paths";
	}

	@Override
	public void run(Bench bench) throws IOException, InterruptedException {
		String classPath = bench.settings().coreClassPath();
		if (classPath == null) {
			throw new IOException("unicorn-core has not been built, its test.classpath is missing");
		}
		Path file = bench.directory("jmh");
		boolean quick = bench.settings().quick();
		List<String> command = new ArrayList<>(List.of(bench.jdk().home().resolve("bin/java").toString(), "-cp",
				classPath, "org.openjdk.jmh.Main", "io.unicorn.*Benchmark", "-f", "1", "-wi", quick ? "2" : "3", "-w",
				"1s", "-i", quick ? "2" : "5", "-r", "1s", "-prof", "gc", "-foe", "true", "-rf", "json", "-rff",
				file.toString()));
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(bench.directory("jmh-log").toFile())
			.start();
		bench.closing(() -> {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		});
		if (process.waitFor() != 0) {
			throw new IOException("JMH has failed: " + Files.readString(bench.directory("jmh-log")));
		}
		for (Measured measured : read(Files.readString(file))) {
			bench.measured(measured.benchmark(), "time of a call", "ns", measured.nanos());
			bench.measured(measured.benchmark(), "allocation of a call", "B", measured.bytes());
			if (measured.benchmark().startsWith("RequestLedger")) {
				String what = "counting a request, " + measured.benchmark().replaceAll(".*\\.", "");
				bench.judge(what + ": time", Goal.atMost(200, "ns"), measured.nanos());
				// The allocation of the profiler itself is divided by millions of calls.
				bench.judge(what + ": allocation", Goal.atMost(0.01, "B"), measured.bytes());
			}
		}
	}

	static List<Measured> read(String json) {
		List<Measured> all = new ArrayList<>();
		for (JsonNode result : JsonMapper.shared().readTree(json)) {
			String[] name = result.path("benchmark").asString().split("\\.", -1);
			all.add(new Measured(name[name.length - 2].replace("Benchmark", "") + "." + name[name.length - 1],
					raw(result.path("primaryMetric")),
					raw(result.path("secondaryMetrics").path("gc.alloc.rate.norm"))));
		}
		return all;
	}

	private static List<Double> raw(JsonNode metric) {
		List<Double> values = new ArrayList<>();
		metric.path("rawData").forEach((fork) -> fork.forEach((value) -> values.add(value.asDouble())));
		return values;
	}

	/**
	 * The results of one JMH benchmark.
	 *
	 * @param benchmark class and method
	 * @param nanos the time of a call, one for each iteration
	 * @param bytes the allocation of a call, one for each iteration
	 */
	record Measured(String benchmark, List<Double> nanos, List<Double> bytes) {

	}

}
