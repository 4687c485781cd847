package io.unicorn.sample.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.unicorn.sample.bench.App;
import io.unicorn.sample.bench.Bench;
import io.unicorn.sample.bench.Settings;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.Report;

/**
 * Sends as many requests on kept-alive connections as the server answers, with
 * {@code wrk} if it is installed, because that uses little processor time, and otherwise
 * with {@link io.unicorn.sample.testsupport.load.LoadClient}. Figures are therefore
 * comparable only within one run.
 */
public final class Wrk {

	/** The line that {@code figures.lua} prints. */
	private static final Pattern LINE = Pattern
		.compile("figures: requests=(\\d+) micros=(\\d+) errors=(\\d+) p50=([\\d.]+) p99=([\\d.]+) p999=([\\d.]+)");

	private static final String FAST_PATH = "/hello";

	private static final long FAST_REQUESTS = 100_000;

	private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(80);

	private final Settings settings;

	private final int connections;

	public Wrk(Settings settings, int connections) {
		this.settings = settings;
		this.connections = connections;
	}

	/** The name of the program that makes the load. */
	public static String generator() {
		return Settings.isInstalled("wrk") ? "wrk" : "own client";
	}

	/**
	 * Send requests until the server's JVM has compiled its code. Compilation depends on
	 * the number of requests, not on time.
	 * @param requests the number of requests
	 */
	public void warmUp(Bench bench, int port, String path, long requests) throws IOException {
		long end = System.nanoTime() + LONGEST_WARM_UP.toNanos();
		long answered = 0;
		while (answered < this.settings.amount(requests) && System.nanoTime() < end) {
			answered += run(bench, port, path, Duration.ofSeconds(2)).requests();
		}
	}

	/**
	 * Send requests until the JVMs of an application have compiled the code of a slow
	 * request; fast requests compile most of it sooner.
	 * @param processes the number of processes
	 * @param requests the number of slow requests for each process
	 */
	public void warmUp(Bench bench, App app, int processes, String path, long requests) throws IOException {
		warmUp(bench, app.port(), FAST_PATH, processes * FAST_REQUESTS);
		warmUp(bench, app.port(), path, processes * requests);
	}

	public LoadFigures run(Bench bench, int port, String path, Duration time) throws IOException {
		return Settings.isInstalled("wrk") ? wrk(bench, port, path, time) : own(port, path, time);
	}

	private LoadFigures wrk(Bench bench, int port, String path, Duration time) throws IOException {
		List<String> command = List.of("wrk", "--threads=1", "--connections=" + this.connections,
				"--duration=" + Math.max(1, time.toSeconds()) + "s", "--timeout=10s",
				"--script=" + this.settings.benchmarks().resolve("figures.lua"), "http://127.0.0.1:" + port + path);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		bench.closing(process::destroyForcibly);
		return read(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
	}

	static LoadFigures read(String output) throws IOException {
		Matcher matcher = LINE.matcher(output);
		if (!matcher.find()) {
			throw new IOException("wrk has counted nothing: " + output);
		}
		long requests = Long.parseLong(matcher.group(1));
		double seconds = Long.parseLong(matcher.group(2)) / 1e6;
		return new LoadFigures(requests / seconds, millis(matcher.group(4)), millis(matcher.group(5)),
				millis(matcher.group(6)), requests, Long.parseLong(matcher.group(3)));
	}

	private static double millis(String micros) {
		return Double.parseDouble(micros) / 1000;
	}

	private LoadFigures own(int port, String path, Duration time) {
		Report report = LoadClient.on(port).keepAlive(this.connections).get(path).start().during(time);
		long errors = report.problems().values().stream().mapToLong(Long::longValue).sum();
		return new LoadFigures(report.answered() / (report.duration().toNanos() / 1e9), report.p50().toNanos() / 1e6,
				report.p99().toNanos() / 1e6, report.max().toNanos() / 1e6, report.answered(), errors);
	}

}
