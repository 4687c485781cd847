package io.unicorn.sample.testsupport.pool;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.process.CleanUp;
import io.unicorn.sample.testsupport.process.OsProcess;
import io.unicorn.sample.testsupport.process.ProcessTree;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An application that was started from its jar: the master and its workers, or a single
 * process if the application runs without a pool. {@link #close} ends every process, and
 * fails if the pool ended by itself and left anything behind.
 */
public final class RunningPool implements AutoCloseable {

	/**
	 * The line in which a master, or a web server without one, logs its port. The
	 * master's comes first.
	 */
	public static final Pattern LISTENING = Pattern
		.compile("listening on \\S*:([1-9]\\d*)|started on port ([1-9]\\d*)");

	private static final Pattern MANAGEMENT = Pattern.compile("listening on \\S*:(\\d+) \\(management\\)");

	/**
	 * The system property that keeps the directories of all pools when set.
	 */
	public static final String KEEP_PROPERTY = "unicorn.test.keep";

	/**
	 * The time limit of actions without their own limit.
	 */
	public static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final Process process;

	private final ProcessTree processes;

	private final Path directory;

	private final Path workDir;

	private final PoolOutput output;

	private final List<String> mayLeave;

	private boolean closed;

	RunningPool(Process process, String mark, Path directory, Path workDir, Path log, List<String> mayLeave) {
		this.process = process;
		// The children of a process that has already ended are found by its mark alone.
		OsProcess root = OsProcess.of(process.pid()).orElseGet(() -> new OsProcess(process.pid(), 0, Long.MAX_VALUE));
		this.processes = new ProcessTree(root, mark);
		this.directory = directory;
		this.workDir = workDir;
		this.output = new PoolOutput(log);
		this.mayLeave = mayLeave;
	}

	/**
	 * Describe how to start an application.
	 * @return the description
	 */
	public static PoolBuilder builder() {
		return new PoolBuilder();
	}

	/**
	 * The id of the process that was started. It is the master's too, because the process
	 * turns into the master.
	 * @return the process id
	 */
	public long masterPid() {
		return this.process.pid();
	}

	/**
	 * Whether the master has not ended.
	 * @return whether it is alive
	 */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * The ids of the master's children that are alive.
	 * @return the process ids
	 */
	public List<Long> workerPids() {
		return this.processes.children().stream().map(OsProcess::pid).toList();
	}

	/**
	 * The ids of all processes of this pool that are alive, also of those whose master
	 * has ended.
	 * @return the process ids
	 */
	public List<Long> pids() {
		return this.processes.alive().stream().map(OsProcess::pid).toList();
	}

	/**
	 * Send a signal to the master.
	 * @param name the signal's name without {@code SIG}
	 */
	public void signal(String name) {
		if (!isAlive()) {
			throw new AssertionError("The master has ended with status " + this.process.exitValue());
		}
		this.processes.root().signal(name);
	}

	/**
	 * Send a signal to a process of this pool. After {@code STOP}, wait until all threads
	 * of the process are stopped: before that, one of them may accept a connection.
	 * @param pid its id
	 * @param name the signal's name without {@code SIG}
	 */
	public void signal(long pid, String name) {
		OsProcess process = this.processes.alive()
			.stream()
			.filter((candidate) -> candidate.pid() == pid)
			.findFirst()
			.orElseThrow(() -> new AssertionError("This pool has no process " + pid));
		process.signal(name);
		if (name.equals("STOP")) {
			Await.until(PATIENCE, () -> "the stop of process " + pid, process::isStopped);
		}
	}

	/**
	 * Everything that was printed so far.
	 * @return the output
	 */
	public String output() {
		return this.output.text();
	}

	/**
	 * The current end of the output, from which {@link #awaitOutputAfter} searches.
	 * @return the position
	 */
	public int mark() {
		return output().length();
	}

	/**
	 * Wait until a text is printed, or find it in what was printed before.
	 * @param text the text
	 * @param timeout how long to wait at most
	 * @return the match
	 */
	public MatchResult awaitOutput(String text, Duration timeout) {
		return awaitOutput(Pattern.compile(text, Pattern.LITERAL), timeout);
	}

	/**
	 * Wait until a text is printed, or find it in what was printed before.
	 * @param pattern the text
	 * @param timeout how long to wait at most
	 * @return the match
	 */
	public MatchResult awaitOutput(Pattern pattern, Duration timeout) {
		return awaitOutputAfter(0, pattern, timeout);
	}

	/**
	 * Wait until a text is printed.
	 * @param mark where in the output to begin to look for it
	 * @param pattern the text
	 * @param timeout how long to wait at most
	 * @return the match
	 */
	public MatchResult awaitOutputAfter(int mark, Pattern pattern, Duration timeout) {
		return this.output.await(mark, pattern, timeout,
				() -> !this.process.isAlive() && this.processes.alive().isEmpty());
	}

	/**
	 * The port of the application, once it is known.
	 * @return the port
	 */
	public int port() {
		return port(awaitOutput(LISTENING, PATIENCE));
	}

	private static int port(MatchResult match) {
		String port = (match.group(1) != null) ? match.group(1) : match.group(2);
		return Integer.parseInt(port);
	}

	/**
	 * The port of the endpoints: that of the management server if there is one.
	 * @return the port
	 */
	private int managementPort() {
		return this.output.find(MANAGEMENT).map((match) -> Integer.parseInt(match.group(1))).orElseGet(this::port);
	}

	/**
	 * Send a GET request to an endpoint, on a connection of its own.
	 * @param path the path and query
	 * @return the response
	 * @throws IOException if there is no complete response
	 */
	public Response manage(String path) throws IOException {
		try (HttpConnection connection = connect(managementPort())) {
			return connection.exchange(LoadRequest.get(path).onOwnConnection());
		}
	}

	/**
	 * Send a GET request on a connection of its own.
	 * @param path the path and query
	 * @return the response
	 * @throws IOException if there is no complete response
	 */
	public Response get(String path) throws IOException {
		return send(LoadRequest.get(path));
	}

	/**
	 * Send a POST request on a connection of its own.
	 * @param path the path and query
	 * @param body the body
	 * @return the response
	 * @throws IOException if there is no complete response
	 */
	public Response post(String path, byte[] body) throws IOException {
		return send(LoadRequest.post(path, body));
	}

	private Response send(LoadRequest request) throws IOException {
		try (HttpConnection connection = connect()) {
			return connection.exchange(request.onOwnConnection());
		}
	}

	/**
	 * Connect to the application.
	 * @return the connection
	 * @throws IOException if there is none
	 */
	public HttpConnection connect() throws IOException {
		return connect(port());
	}

	private static HttpConnection connect(int port) throws IOException {
		return HttpConnection.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE);
	}

	/**
	 * The document that describes the pool.
	 * @return the document
	 * @throws IOException if there is none
	 */
	public JsonNode pool() throws IOException {
		Response response = manage(ReadyWatcher.PATH);
		if (response.status() != 200) {
			throw new IOException("GET " + ReadyWatcher.PATH + " was answered with " + response);
		}
		return JSON.readTree(response.body());
	}

	/**
	 * Wait until exactly so many workers are ready.
	 * @param count how many
	 * @return the document that says so
	 */
	public JsonNode awaitReady(int count) {
		return awaitReady(count, PATIENCE);
	}

	/**
	 * Wait until exactly so many workers are ready.
	 * @param count how many
	 * @param timeout how long to wait at most
	 * @return the document that says so
	 */
	public JsonNode awaitReady(int count, Duration timeout) {
		return awaitPool(count + " ready workers", (pool) -> pool.path("ready").asInt(-1) == count, timeout);
	}

	/**
	 * Wait until the document that describes the pool is as wanted.
	 * @param what describes what is wanted
	 * @param wanted whether a document is as wanted
	 * @param timeout how long to wait at most
	 * @return the first document that is as wanted
	 */
	public JsonNode awaitPool(String what, Predicate<JsonNode> wanted, Duration timeout) {
		awaitOutput(LISTENING, timeout);
		PoolPoll poll = new PoolPoll(wanted);
		Await.until(timeout, () -> what + ", last seen: " + poll.last, poll::succeeds);
		JsonNode found = poll.found;
		if (found == null) {
			throw new IllegalStateException("The wait has ended without a document");
		}
		return found;
	}

	/**
	 * Send HUP and wait for the end of the roll-out.
	 * @return its result
	 * @throws IOException if the pool cannot be asked
	 */
	public RolloutView rollOut() throws IOException {
		RolloutView before = RolloutView.latest(pool());
		signal("HUP");
		return before.awaitNext(this, PATIENCE);
	}

	/**
	 * The versions of the application that answer.
	 * @return the versions in answers of {@code /whoami}, most likely from both workers
	 */
	public Set<String> versions() {
		Report report = load().connectionPerRequest(4)
			.get("/whoami")
			.countingBy((response) -> response.text().replaceAll(".*\"version\":\"([^\"]*)\".*", "$1"))
			.start()
			.during(Duration.ofMillis(200));
		report.assertFlawless();
		return report.groups().keySet();
	}

	/**
	 * Wait until the master has ended.
	 * @param timeout how long to wait at most
	 * @return its exit status
	 */
	public int exitCode(Duration timeout) {
		try {
			if (!this.process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				throw new AssertionError("The master has not ended within " + timeout);
			}
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted while waiting for the master's end", ex);
		}
	}

	/**
	 * Stop gracefully: send TERM and wait for the master's end.
	 * @return the exit status
	 */
	public int stop() {
		signal("TERM");
		return exitCode(PATIENCE);
	}

	/**
	 * Wait until no process of this pool is left, including grandchildren and orphans.
	 * @param timeout how long to wait at most
	 */
	public void awaitNoProcess(Duration timeout) {
		Await.until(timeout, () -> "the end of " + this.processes.alive(), () -> this.processes.alive().isEmpty());
	}

	/**
	 * Describe a load on the application.
	 * @return the description
	 */
	public LoadClient.Builder load() {
		return LoadClient.on(port());
	}

	/**
	 * Describe a load of small, larger and waiting requests with known answers.
	 * @param clients the number of clients with kept-alive connections, and of those with
	 * a connection per request
	 * @return the description
	 */
	public LoadClient.Builder mixedLoad(int clients) {
		return load().keepAlive(clients)
			.connectionPerRequest(clients)
			.send(LoadRequest.get("/whoami").expecting((response) -> response.text().contains("\"generation\":")),
					LoadRequest.echo("unicorn".repeat(500).getBytes(StandardCharsets.UTF_8)),
					LoadRequest.get("/bytes?n=30000").expecting((response) -> response.length() == 30_000),
					LoadRequest.get("/sleep?ms=20").expecting((response) -> response.text().equals("slept 20 ms\n")))
			.timeout(Duration.ofSeconds(30));
	}

	/**
	 * Watch how many workers are ready.
	 * @return the watcher, which has looked once
	 */
	public ReadyWatcher watchReady() {
		return ReadyWatcher.start(managementPort());
	}

	/**
	 * The directory of this pool, which is removed when it is closed.
	 * @return the directory
	 */
	public Path directory() {
		return this.directory;
	}

	/**
	 * The value of {@code unicorn.work-dir}.
	 * @return the directory
	 */
	public Path workDir() {
		return this.workDir;
	}

	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		List<String> complaints = new CleanUp(this.process, this.processes, this.workDir, this.mayLeave)
			.run(this.output.find(LISTENING).map(RunningPool::port));
		if (System.getProperty(KEEP_PROPERTY) == null) {
			CleanUp.delete(this.directory);
		}
		if (!complaints.isEmpty()) {
			throw new AssertionError(
					"Process %d left something behind:%n  %s".formatted(masterPid(), String.join("\n  ", complaints)));
		}
	}

	private final class PoolPoll {

		private final Predicate<JsonNode> wanted;

		private @Nullable JsonNode found;

		private String last = "nothing";

		PoolPoll(Predicate<JsonNode> wanted) {
			this.wanted = wanted;
		}

		boolean succeeds() {
			try {
				JsonNode pool = pool();
				this.last = pool.toString();
				if (this.wanted.test(pool)) {
					this.found = pool;
				}
			}
			catch (IOException ex) {
				this.last = String.valueOf(ex.getMessage());
			}
			if (this.found == null && !isAlive()) {
				throw new AssertionError(
						"The master has ended with status " + exitCode(Duration.ZERO) + ", last seen: " + this.last);
			}
			return this.found != null;
		}

	}

}
