package io.unicorn.sample.soak;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.ExchangeException;

/**
 * Runs another server with a master and workers, for comparison: a HUP replaces its
 * workers. A roll-out is complete when no old worker is left.
 */
public final class ForkingServer implements Server {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private final String name;

	private final Process master;

	private final Dialer dialer;

	private final int workers;

	private ForkingServer(String name, int workers, int port, Process master) {
		this.name = name;
		this.workers = workers;
		this.master = master;
		this.dialer = Dialer.to(port);
		Await.until(TIMEOUT, () -> name + " to answer", () -> isAnswering() && workers().size() == workers);
	}

	/**
	 * Gunicorn with an application like the sample. Workers of class {@code gthread} have
	 * eight threads.
	 * @param workerClass the class of its workers
	 * @param workers how many there are
	 * @param applications the directory of the application
	 * @param directory for its log
	 * @return the server, which answers
	 * @throws IOException if it cannot be started
	 */
	public static ForkingServer gunicorn(String workerClass, int workers, Path applications, Path directory)
			throws IOException {
		int port = FreePort.choose();
		return new ForkingServer("Gunicorn " + workerClass + ", HUP", workers, port, start(
				directory.resolve("gunicorn.log"),
				List.of("gunicorn", "--workers=" + workers, "--worker-class=" + workerClass,
						"--threads=" + (workerClass.equals("sync") ? 1 : 8), "--keep-alive=60", "--graceful-timeout=30",
						"--bind=127.0.0.1:" + port, "--chdir=" + applications, "app:application")));
	}

	/**
	 * Nginx with as many workers as the pool, which sends files and the same text to all
	 * else.
	 * @param applications the directory of its configuration
	 * @param directory for its files
	 * @return the server, which answers
	 * @throws IOException if it cannot be started
	 */
	public static ForkingServer nginx(Path applications, Path directory) throws IOException {
		int port = FreePort.choose();
		Path files = Files.createDirectories(directory.resolve("files"));
		for (int length : List.of(Mix.MEDIUM, Mix.MEGABYTE)) {
			Files.write(files.resolve("bytes-" + length), Mix.alphabet(length));
		}
		Files.writeString(directory.resolve("nginx.conf"),
				Files.readString(applications.resolve("nginx.conf"))
					.replace("@port@", Integer.toString(port))
					.replace("@workers@", Integer.toString(UnicornServer.WORKERS))
					.replace("@user@", System.getProperty("user.name")));
		return new ForkingServer("nginx, reload", UnicornServer.WORKERS, port, start(directory.resolve("nginx.log"),
				List.of("nginx", "-p", directory.toString(), "-e", "stderr", "-c", "nginx.conf")));
	}

	private static Process start(Path log, List<String> command) throws IOException {
		return new ProcessBuilder(command).redirectInput(new File("/dev/null"))
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
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

	/**
	 * The master's children.
	 * @return those that are there now
	 */
	public Set<ProcessHandle> workers() {
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
				() -> old.stream().noneMatch(ProcessHandle::isAlive) && workers().size() == this.workers);
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
