package io.unicorn.sample.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.SelfSigned;
import io.unicorn.sample.testsupport.http.Dialer;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.ReadyWatcher;
import io.unicorn.sample.testsupport.pool.RunningPool;

/**
 * Runs the sample application as a pool and overwrites its jar with another version
 * before each roll-out. Each roll-out must bring that version, and the number of ready
 * workers must never fall below the target.
 */
final class UnicornServer implements Server {

	static final int WORKERS = 2;

	private static final Duration TIMEOUT = Duration.ofMinutes(3);

	private static final Pattern ENDED = Pattern.compile("roll-out \\d+: (complete|failed|aborted|rolled back)");

	private final RunningPool pool;

	private final Versions versions;

	private final Dialer dialer;

	private final ReadyWatcher watcher;

	private UnicornServer(RunningPool pool, Versions versions, Dialer dialer) {
		this.pool = pool;
		this.versions = versions;
		this.dialer = dialer;
		this.watcher = ReadyWatcher.start(dialer);
	}

	/**
	 * Start a pool.
	 * @param builder describes it, apart from its jar
	 * @param security whether it serves with TLS
	 * @param directory for files of the pool's
	 * @param starter starts what is described, and closes it when the server is closed
	 */
	static UnicornServer start(PoolBuilder builder, Security security, Path directory,
			Function<PoolBuilder, RunningPool> starter)
			throws IOException, GeneralSecurityException, InterruptedException {
		Versions versions = new Versions(directory.resolve("app.jar"));
		builder.jar(versions.jar())
			.args("--unicorn.workers=" + WORKERS, "--unicorn.threads=8", "--unicorn.rollout.observe=500ms",
					"--server.http2.enabled=true");
		SelfSigned certificate = (security == Security.TLS) ? SelfSigned.in(directory) : null;
		if (certificate != null) {
			builder.args(certificate.args());
		}
		RunningPool pool = starter.apply(builder);
		pool.awaitOutput("pool is complete", TIMEOUT);
		Dialer plain = Dialer.to(pool.port());
		return new UnicornServer(pool, versions, (certificate != null) ? plain.withTls(certificate.trusting()) : plain);
	}

	@Override
	public String name() {
		return (this.dialer.tls() != null) ? "Unicorn, TLS" : "Unicorn";
	}

	@Override
	public Dialer dialer() {
		return this.dialer;
	}

	@Override
	public void rollOut() throws IOException {
		this.versions.installOther();
		int mark = this.pool.mark();
		this.pool.signal("HUP");
		String end = this.pool.awaitOutputAfter(mark, ENDED, TIMEOUT).group();
		if (!end.endsWith("complete")) {
			throw new IOException(end);
		}
		try (HttpConnection connection = this.dialer.dial()) {
			Response response = connection.exchange(LoadRequest.get("/whoami").onOwnConnection());
			if (!response.text().contains(this.versions.mark())) {
				throw new IOException("%s brought %s instead of %s".formatted(end, response, this.versions.mark()));
			}
		}
	}

	/** The history of the number of ready workers. */
	ReadyWatcher watcher() {
		return this.watcher;
	}

	@Override
	public List<String> complaints() {
		List<String> complaints = new ArrayList<>(this.watcher.failures());
		if (this.watcher.minReady() < WORKERS) {
			complaints.add("only " + this.watcher.minReady() + " workers were ready: " + this.watcher);
		}
		return complaints;
	}

	@Override
	public void close() {
		this.watcher.close();
		if (this.pool.isAlive() && this.pool.stop() != 0) {
			throw new AssertionError("The pool did not stop in order");
		}
	}

	enum Security {

		PLAIN, TLS

	}

}
