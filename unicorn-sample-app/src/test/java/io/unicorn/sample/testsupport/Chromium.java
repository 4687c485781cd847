package io.unicorn.sample.testsupport;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.springframework.util.FileSystemUtils;

/**
 * The browser of this machine, without a window.
 *
 * @param program its executable
 */
public record Chromium(Path program) {

	private static final Duration LIMIT = Duration.ofMinutes(1);

	/**
	 * Find the browser.
	 * @return the browser, or empty if there is none on the path
	 */
	public static Optional<Chromium> find() {
		return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, "chromium"))
			.filter(Files::isExecutable)
			.findFirst()
			.map(Chromium::new);
	}

	/**
	 * Open a page and let its scripts run for a time, in which waiting for responses does
	 * not count.
	 * @param url the address of the page
	 * @param time how long its scripts run
	 * @return the elements of the page then, as HTML
	 */
	public String open(String url, Duration time) throws IOException, InterruptedException {
		Path directory = Files.createTempDirectory("chromium");
		try {
			Path dom = directory.resolve("dom.html");
			Process process = new ProcessBuilder(this.program.toString(), "--headless", "--no-sandbox", "--disable-gpu",
					"--no-first-run", "--user-data-dir=" + directory.resolve("profile"),
					"--virtual-time-budget=" + time.toMillis(), "--dump-dom", url)
				.redirectOutput(dom.toFile())
				.redirectError(directory.resolve("errors").toFile())
				.start();
			if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
				process.destroyForcibly();
				throw new AssertionError(url + " was not shown within " + LIMIT);
			}
			return Files.readString(dom);
		}
		finally {
			// The processes of the browser may still be ending.
			FileSystemUtils.deleteRecursively(directory.toFile());
		}
	}

}
