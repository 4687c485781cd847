package io.unicorn.sample.connections;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.LoadRequest;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RefusedStart;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the addresses that {@code unicorn.bind} and systemd give to a pool.
 */
@OneJdk
class BindIT {

	/**
	 * Listens on a port for each name, passes the sockets on from a descriptor on, and
	 * executes the rest of the command line. Descriptor 3 is that of systemd.
	 */
	private static final String LAUNCHER = """
			import os, socket, sys
			first = int(sys.argv[1])
			names = sys.argv[2].split(":")
			sockets = [socket.create_server(("127.0.0.1", 0), backlog=100) for name in names]
			copies = [os.dup2(s.fileno(), 50 + i) for i, s in enumerate(sockets)]
			for s in sockets:
			    s.close()
			for i, copy in enumerate(copies):
			    os.dup2(copy, first + i)
			    os.close(copy)
			if first == 3:
			    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(names)), LISTEN_FDNAMES=sys.argv[2])
			os.execvp(sys.argv[3], sys.argv[3:])
			""";

	/** {@code ::1}. */
	private static final byte[] LOOPBACK = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

	private static final Pattern ROLLED_OUT = Pattern.compile("roll-out \\d+: complete");

	private static final Pattern MANAGEMENT = Pattern.compile("listening on \\S*:(\\d+) \\(management\\)");

	private static final Pattern REPLACED = Pattern.compile("the master was replaced");

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	private Path directory = Path.of("");

	@TempDir
	private Path jars = Path.of("");

	private static PoolBuilder pool(String... args) {
		return RunningPool.builder().bootingFast().args("--unicorn.workers=2").args(args);
	}

	private static void rollOut(RunningPool pool) {
		after(pool, "HUP", ROLLED_OUT);
	}

	private static void replaceMaster(RunningPool pool) {
		after(pool, "USR2", REPLACED);
	}

	private static void after(RunningPool pool, String signal, Pattern line) {
		int mark = pool.mark();
		pool.signal(signal);
		pool.awaitOutputAfter(mark, line, RunningPool.PATIENCE);
	}

	private static InetSocketAddress local(int port) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

	@Test
	void aUnixSocketServesThroughRollOutsAndCrashesAndIsGoneAfterTheStop() throws Exception {
		serveOnUnixSocket(pool());
	}

	@ParameterizedTest
	@ValueSource(strings = { ServerApp.JETTY, ServerApp.REACTOR_NETTY })
	@Nightly
	void aUnixSocketServesAsWellOnOtherServers(String server) throws Exception {
		serveOnUnixSocket(pool().jar(ServerApp.on(server).overwrite(this.jars.resolve("app.jar"))));
	}

	private void serveOnUnixSocket(PoolBuilder builder) throws Exception {
		Path file = this.directory.resolve("app.sock");
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file)).close();
		assertThat(file).as("a file that an earlier process has left").exists();
		RunningPool pool = this.pools.start(
				builder.args("--unicorn.bind=unix:" + file, "--unicorn.unix.mode=0600", "--management.server.port=0"));
		pool.awaitReady(2);
		assertThat(pool.get("/actuator/unicorn").text())
			.contains("\"name\":\"http\",\"address\":\"unix:" + file + "\"");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
		try (UnixLoad load = new UnixLoad(file, 4)) {
			load.awaitAnswers(50, RunningPool.PATIENCE);
			rollOut(pool);
			replaceMaster(pool);
			pool.awaitReady(2);
			load.awaitAnswers(50, RunningPool.PATIENCE);
			assertThat(load.lost()).isEmpty();
			assertThat(load.refused()).isZero();
		}
		RefusedStart second = RefusedStart.of(this.pools, pool("--unicorn.bind=unix:" + file));
		assertThat(second.output()).contains("another process listens there", "unicorn.bind");

		pool.signal(WorkerView.ready(pool.pool()).get(0).pid(), "KILL");
		pool.awaitPool("a successor",
				(state) -> WorkerView.exits(state, "killed") > 0 && state.path("ready").asInt() == 2,
				RunningPool.PATIENCE);
		assertThat(file).exists();
		try (UnixLoad load = new UnixLoad(file, 4)) {
			load.awaitAnswers(50, RunningPool.PATIENCE);
			assertThat(pool.stop()).isZero();
			assertThat(load.lost()).isEmpty();
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void aPortThatTheSystemChoosesStaysWhatItWas() throws Exception {
		RunningPool pool = this.pools
			.start(pool("--unicorn.bind=[::1]:0", "--unicorn.listeners.extra=127.0.0.1:0", "--unicorn.backlog=77"));
		String url = "[0:0:0:0:0:0:0:1]:" + pool.port();
		pool.awaitOutput("pool is complete", RunningPool.PATIENCE);
		InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), pool.port());
		assertThat(whoAmI(address)).contains("\"generation\":1");
		rollOut(pool);
		assertThat(whoAmI(address)).contains("\"generation\":2");
		assertThat(exchange(address, "/actuator/unicorn")).contains("\"address\":\"" + url + "\"", "\"backlog\":77")
			.containsPattern("\"name\":\"extra\",\"address\":\"127.0.0.1:[1-9][0-9]*\"");
		assertThat(pool.stop()).isZero();
	}

	private static String whoAmI(InetSocketAddress address) throws IOException {
		return exchange(address, "/whoami");
	}

	private static String exchange(InetSocketAddress address, String path) throws IOException {
		try (HttpConnection connection = HttpConnection.open(address, RunningPool.PATIENCE)) {
			return connection
				.exchange(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII))
				.text();
		}
	}

	@ParameterizedTest
	@MethodSource("io.unicorn.sample.connections.ServerApp#all")
	void allWorkersAcceptFromSeveralAddresses(String server) throws Exception {
		Path file = this.directory.resolve("app.sock");
		RunningPool pool = this.pools.start(pool("--unicorn.bind=127.0.0.1:0,[::1]:0,unix:" + file)
			.jar(ServerApp.on(server).overwrite(this.jars.resolve("app.jar"))));
		pool.awaitReady(2);
		int second = Integer.parseInt(
				pool.awaitOutput(Pattern.compile("listening on \\S*:(\\d+) \\(http-2\\)"), Duration.ZERO).group(1));
		LoadClient load = this.pools
			.closing(pool.load().connectionPerRequest(4).get("/whoami").pause(Duration.ofMillis(25)).start());
		try (UnixLoad unix = new UnixLoad(file, 4)) {
			Set<String> workers = new HashSet<>();
			for (int i = 0; i < 200 && workers.size() < 2; i++) {
				try (HttpConnection connection = HttpConnection
					.open(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), second), RunningPool.PATIENCE)) {
					workers.add(connection.exchange(LoadRequest.get("/whoami").onOwnConnection()).text());
				}
			}
			assertThat(workers).hasSize(2);
			assertThat(UnixLoad.get(file, "/remote")).startsWith("127.0.0.1 ");
			rollOut(pool);
			unix.awaitAnswers(50, RunningPool.PATIENCE);
			System.out.println(unix.answered() + " requests over a Unix socket on " + server);
			assertThat(unix.lost()).isEmpty();
			assertThat(unix.refused()).isZero();
		}
		load.stop().assertFlawless();
		assertThat(pool.stop()).isZero();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	@Nightly
	void aDescriptorThatWasPassedSurvivesRollOutsAndUpgrades() throws Exception {
		RunningPool pool = this.pools
			.start(pool("--unicorn.bind=fd://7").prefix("python3", "-c", LAUNCHER, "7", "http"));
		pool.awaitOutput("pool is complete", RunningPool.PATIENCE);
		serveThroughReplacements(pool, pool.port());
		assertThat(pool.stop()).isZero();
	}

	@Test
	@Nightly
	void theSocketsThatSystemdPassesAreUsedByName() throws Exception {
		RunningPool pool = this.pools
			.start(pool("--management.server.port=9").prefix("python3", "-c", LAUNCHER, "3", "management:app.socket"));
		pool.awaitOutput("pool is complete", RunningPool.PATIENCE);
		for (long pid : pool.pids()) {
			assertThat(Files.readString(Path.of("/proc/" + pid + "/environ"))).doesNotContain("LISTEN_");
		}
		int management = Integer.parseInt(pool.awaitOutput(MANAGEMENT, RunningPool.PATIENCE).group(1));
		assertThat(management).isNotEqualTo(pool.port());
		serveThroughReplacements(pool, management);
		assertThat(pool.stop()).isZero();
	}

	/**
	 * Replace the workers, the master and the workers under load.
	 * @param actuator port of the server that has the endpoint
	 */
	private static void serveThroughReplacements(RunningPool pool, int actuator) throws Exception {
		String listening = "\"name\":\"http\",\"address\":\"127.0.0.1:" + pool.port() + "\"";
		assertThat(exchange(local(actuator), "/actuator/unicorn")).contains(listening);
		LoadClient load = pool.load()
			.get("/whoami")
			.keepAlive(2)
			.connectionPerRequest(2)
			// Booting workers get what the load leaves of the processors.
			.pause(Duration.ofMillis(25))
			.start();
		try {
			rollOut(pool);
			replaceMaster(pool);
			rollOut(pool);
		}
		finally {
			load.close();
		}
		load.stop().assertFlawless();
		assertThat(exchange(local(actuator), "/actuator/unicorn")).contains(listening, "\"generation\":3");
	}

}
