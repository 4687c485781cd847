package io.unicorn.sample.shop;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Chromium;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.FileSystemUtils;

/**
 * A running browser without windows on the screen, whose pages are driven by its DevTools
 * protocol. All pages share its cookies.
 */
final class Browser implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final HttpClient client = HttpClient.newHttpClient();

	private final Path directory;

	private final Process process;

	private final String address;

	private Browser(Path directory, Process process) throws IOException {
		this.directory = directory;
		this.process = process;
		Path port = directory.resolve("profile/DevToolsActivePort");
		Await.until(PATIENCE, () -> "the port of the browser", () -> Files.exists(port) && port.toFile().length() > 0);
		this.address = "http://127.0.0.1:" + Files.readAllLines(port).get(0);
	}

	static Browser start(Chromium chromium) throws IOException {
		Path directory = Files.createTempDirectory("browser");
		Process process = new ProcessBuilder(chromium.program().toString(), "--headless", "--no-sandbox",
				"--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--remote-debugging-port=0",
				"--user-data-dir=" + directory.resolve("profile"), "about:blank")
			.redirectErrorStream(true)
			.redirectOutput(new File("/dev/null"))
			.start();
		return new Browser(directory, process);
	}

	/** Open a window. */
	Window open(String url) throws IOException, InterruptedException {
		String answer = this.client
			.send(HttpRequest.newBuilder(URI.create(this.address + "/json/new?about:blank"))
				.PUT(HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.ofString())
			.body();
		URI page = URI.create(JsonMapper.shared().readTree(answer).path("webSocketDebuggerUrl").asString());
		Window window = new Window(this.client, page);
		window.show(url);
		return window;
	}

	@Override
	public void close() throws IOException {
		this.process.destroy();
		this.process.onExit().completeOnTimeout(this.process, 10, TimeUnit.SECONDS).join();
		this.process.destroyForcibly();
		// Its other processes may still be ending.
		FileSystemUtils.deleteRecursively(this.directory.toFile());
	}

}
