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
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.load.LoadClient;
import io.unicorn.sample.testsupport.load.Report;
import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RefusedStart;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the addresses that {@code unicorn.bind} and systemd give to a pool.
 */
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

	private static final Pattern REPLACED = Pattern.compile("the master was replaced");

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	private Path directory = Path.of("");

	private static PoolBuilder pool(String... args) {
		return RunningPool.builder().bootingFast().args("--unicorn.workers=2").args(args);
	}

	private static List<String> listeners(RunningPool pool) throws IOException {
		return StreamSupport.stream(pool.pool().path("listeners").spliterator(), false)
			.map((listener) -> listener.path("name").asString() + " " + listener.path("address").asString())
			.toList();
	}

	private static void replaceMaster(RunningPool pool) {
		int mark = pool.mark();
		pool.signal("USR2");
		pool.awaitOutputAfter(mark, REPLACED, RunningPool.PATIENCE);
	}

	@Test
	void aUnixSocketServesThroughRollOutsAndCrashesAndIsGoneAfterTheStop() throws Exception {
		Path file = this.directory.resolve("app.sock");
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file)).close();
		assertThat(file).as("a file that an earlier process has left").exists();
		RunningPool pool = this.pools
			.start(pool("--unicorn.bind=unix:" + file, "--unicorn.unix.mode=0600", "--management.server.port=0"));
		pool.awaitReady(2);
		assertThat(listeners(pool)).contains("http unix:" + file);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
		try (UnixLoad load = new UnixLoad(file, 4)) {
			load.awaitAnswers(50, RunningPool.PATIENCE);
			assertThat(pool.rollOut().state()).isEqualTo("complete");
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
		int mark = pool.mark();
		pool.signal("HUP");
		pool.awaitOutputAfter(mark, Pattern.compile("roll-out 1: complete"), RunningPool.PATIENCE);
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

	@Test
	@OneJdk
	void aDescriptorThatWasPassedSurvivesRollOutsAndUpgrades() throws Exception {
		RunningPool pool = this.pools
			.start(pool("--unicorn.bind=fd://7").prefix("python3", "-c", LAUNCHER, "7", "http"));
		pool.awaitReady(2);
		serveThroughReplacements(pool);
		assertThat(pool.stop()).isZero();
	}

	@Test
	@OneJdk
	void theSocketsThatSystemdPassesAreUsedByName() throws Exception {
		RunningPool pool = this.pools
			.start(pool("--management.server.port=9").prefix("python3", "-c", LAUNCHER, "3", "management:app.socket"));
		pool.awaitReady(2);
		JsonNode state = pool.pool();
		assertThat(listeners(pool)).extracting((listener) -> listener.split(" ", 2)[0])
			.containsExactly("http", "management");
		for (WorkerView worker : WorkerView.ready(state)) {
			assertThat(Files.readString(Path.of("/proc/" + worker.pid() + "/environ"))).doesNotContain("LISTEN_");
		}
		assertThat(Files.readString(Path.of("/proc/" + pool.masterPid() + "/environ"))).doesNotContain("LISTEN_");
		serveThroughReplacements(pool);
		assertThat(pool.stop()).isZero();
	}

	private static void serveThroughReplacements(RunningPool pool) throws Exception {
		List<String> before = listeners(pool);
		LoadClient load = pool.load().get("/whoami").keepAlive(2).connectionPerRequest(2).start();
		try {
			assertThat(pool.rollOut().state()).isEqualTo("complete");
			replaceMaster(pool);
			pool.awaitReady(2);
			assertThat(pool.rollOut().state()).isEqualTo("complete");
		}
		finally {
			load.close();
		}
		Report report = load.stop();
		report.assertFlawless();
		assertThat(listeners(pool)).isEqualTo(before);
	}

}
