package io.unicorn.sample.soak;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.unicorn.sample.Await;
import io.unicorn.sample.Dialer;
import io.unicorn.sample.ExchangeException;

/**
 * Another server with a master and workers, for comparison: a HUP replaces its workers. A
 * roll-out is complete when none of the old ones is left.
 */
final class ForkingServer implements Server {

	private static final int WORKERS = UnicornServer.WORKERS;

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private final String name;

	private final Process master;

	private final Dialer dialer;

	private ForkingServer(String name, int port, Process master) {
		this.name = name;
		this.master = master;
		this.dialer = Dialer.to(port);
		Await.until(TIMEOUT, () -> name + " to answer", () -> isAnswering() && workers().size() == WORKERS);
	}

	/**
	 * Gunicorn with as many workers and threads as the pool, and an application like the
	 * sample.
	 */
	static ForkingServer gunicorn(Path applications, Path directory) throws IOException {
		int port = freePort();
		return new ForkingServer("Gunicorn gthread, HUP", port,
				start(directory.resolve("gunicorn.log"),
						List.of("gunicorn", "--workers=" + WORKERS, "--worker-class=gthread", "--threads=8",
								"--keep-alive=60", "--graceful-timeout=30", "--bind=127.0.0.1:" + port,
								"--chdir=" + applications, "app:application")));
	}

	/**
	 * Nginx with as many workers as the pool, which sends files and the same text to all
	 * else.
	 */
	static ForkingServer nginx(Path applications, Path directory) throws IOException {
		int port = freePort();
		Path files = Files.createDirectories(directory.resolve("files"));
		for (int length : List.of(Mix.MEDIUM, Mix.MEGABYTE)) {
			Files.write(files.resolve("bytes-" + length), Mix.alphabet(length));
		}
		Files.writeString(directory.resolve("nginx.conf"),
				Files.readString(applications.resolve("nginx.conf"))
					.replace("@port@", Integer.toString(port))
					.replace("@workers@", Integer.toString(WORKERS))
					.replace("@user@", System.getProperty("user.name")));
		return new ForkingServer("nginx, reload", port, start(directory.resolve("nginx.log"),
				List.of("nginx", "-p", directory.toString(), "-e", "stderr", "-c", "nginx.conf")));
	}

	private static Process start(Path log, List<String> command) throws IOException {
		return new ProcessBuilder(command).redirectInput(new File("/dev/null"))
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private boolean isAnswering() {
		try {
			this.dialer.dial().close();
			return true;
		}
		catch (ExchangeException ex) {
			return false;
		}
	}

	private Set<ProcessHandle> workers() {
		return this.master.children().collect(Collectors.toSet());
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Dialer dialer() {
		return this.dialer;
	}

	@Override
	public void rollOut() throws IOException {
		Set<ProcessHandle> old = workers();
		signal("HUP");
		Await.until(TIMEOUT, () -> "the end of " + old,
				() -> old.stream().noneMatch(ProcessHandle::isAlive) && workers().size() == WORKERS);
	}

	private void signal(String name) throws IOException {
		new ProcessBuilder("kill", "-" + name, Long.toString(this.master.pid())).inheritIO().start();
	}

	@Override
	public List<String> complaints() {
		return this.master.isAlive() ? List.of() : List.of("the master has ended");
	}

	@Override
	public void close() throws IOException {
		this.master.destroy();
		try {
			if (!this.master.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
				this.master.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
