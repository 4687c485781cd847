package io.unicorn.sample.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.unicorn.sample.testsupport.http.Dialer;

/**
 * Runs nghttp2's {@code h2load} again and again for a few seconds, as HTTP/2 clients.
 * After a GOAWAY an h2load connection finishes its requests in flight, sends no more, and
 * counts the unsent requests as failed. Therefore this class ignores that count and uses
 * the requests that were begun and the answers.
 */
final class H2Load {

	private static final Pattern REQUESTS = Pattern.compile("requests: \\d+ total, (\\d+) started, (\\d+) done");

	private static final Pattern STATUS = Pattern
		.compile("status codes: (\\d+) 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");

	private static final List<String> COMMAND = List.of("h2load", "--requests=160", "--clients=4",
			"--max-concurrent-streams=2", "--rps=10", "--connection-inactivity-timeout=30");

	private final Thread thread = new Thread(this::run, "h2load");

	private final String url;

	private volatile boolean stopped;

	private volatile Http2Count count = Http2Count.NONE;

	private volatile String failure = "";

	H2Load(Dialer dialer) {
		this.url = "%s://127.0.0.1:%d/whoami".formatted((dialer.tls() != null) ? "https" : "http",
				dialer.address().getPort());
		this.thread.setDaemon(true);
	}

	static boolean isInstalled() {
		try {
			Process process = new ProcessBuilder("h2load", "--version").redirectErrorStream(true).start();
			process.getInputStream().readAllBytes();
			return process.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	void start() {
		this.thread.start();
	}

	private void run() {
		while (!this.stopped && this.failure.isEmpty()) {
			try {
				String output = output();
				this.count = this.count.plus(read(output));
			}
			catch (IOException | UncheckedIOException | IllegalStateException ex) {
				this.failure = String.valueOf(ex.getMessage());
			}
		}
	}

	private String output() throws IOException {
		List<String> command = new ArrayList<>(COMMAND);
		command.add(this.url);
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
			return lines.lines().collect(Collectors.joining("\n"));
		}
	}

	static Http2Count read(String output) {
		Matcher requests = REQUESTS.matcher(output);
		Matcher status = STATUS.matcher(output);
		if (!requests.find() || !status.find()) {
			throw new IllegalStateException("h2load has counted nothing: " + output);
		}
		long started = Long.parseLong(requests.group(1));
		long done = Long.parseLong(requests.group(2));
		long right = Long.parseLong(status.group(1));
		long wrong = Long.parseLong(status.group(2)) + Long.parseLong(status.group(3))
				+ Long.parseLong(status.group(4));
		return new Http2Count(started, right, wrong, done - right - wrong, started - done);
	}

	/** Let the run that is under way end, and count. */
	Http2Count stop() throws InterruptedException {
		this.stopped = true;
		this.thread.join();
		if (!this.failure.isEmpty()) {
			throw new AssertionError(this.failure);
		}
		return this.count;
	}

}
