package io.unicorn.sample.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.unicorn.sample.testsupport.pool.PoolBuilder;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.process.CleanUp;
import org.jspecify.annotations.Nullable;

/**
 * The program behind {@code soak/run}, which explains its options and gives each of them
 * as {@code name=value}. Ends with 1 if anything went wrong in the pool.
 */
final class SoakRun {

	/** The paths that the clients request with GET. */
	private static final String WARM_UP = "/whoami,/bytes?n=3500,/bytes?n=30000";

	private final Map<String, String> options;

	private final Path directory;

	private final List<SoakResult> results = new ArrayList<>();

	private SoakRun(Map<String, String> options, Path directory) {
		this.options = options;
		this.directory = directory;
	}

	/**
	 * Run a soak.
	 * @param args the options
	 * @throws Exception if it could not be run
	 */
	public static void main(String[] args) throws Exception {
		Map<String, String> options = new HashMap<>();
		for (String arg : args) {
			int equals = arg.indexOf('=');
			options.put(arg.substring(0, equals), arg.substring(equals + 1));
		}
		SoakRun run = new SoakRun(options, Files.createTempDirectory("unicorn-soak-"));
		try {
			run.all();
		}
		finally {
			CleanUp.delete(run.directory);
		}
		System.exit(run.results.get(0).isFlawless() ? 0 : 1);
	}

	private void all() throws Exception {
		boolean compare = this.options.containsKey("compare");
		Mix mix = compare ? Mix.all(number("rate")).withOneRequestAtATime() : Mix.all(number("rate"));
		pool(mix, !compare && H2Load.isInstalled());
		if (compare) {
			Path applications = Path.of(this.options.get("compare"));
			if (isInstalled("gunicorn")) {
				other(ForkingServer.gunicorn("gthread", UnicornServer.WORKERS, applications, this.directory), mix);
			}
			if (isInstalled("nginx")) {
				other(ForkingServer.nginx(applications, this.directory), mix.unchecked());
			}
		}
		System.out.println(SoakTable.servers(this.results));
	}

	private void pool(Mix mix, boolean http2) throws Exception {
		PoolBuilder builder = RunningPool.builder()
			.bootingFast()
			.env("UNICORN_WARMUP_PATHS", WARM_UP)
			.env("UNICORN_WARMUP_REQUESTS", Integer.toString(number("warmed-by")))
			.env("UNICORN_JVMPROFILE", "balanced");
		UnicornServer.Security security = this.options.containsKey("tls") ? UnicornServer.Security.TLS
				: UnicornServer.Security.PLAIN;
		Deque<RunningPool> started = new ArrayDeque<>();
		try {
			UnicornServer server = UnicornServer.start(builder, security, this.directory, (described) -> {
				RunningPool pool = described.start();
				started.push(pool);
				return pool;
			});
			try (server) {
				report(server, mix, http2 ? new H2Load(server.dialer()) : null);
				System.out.println("ready workers: " + server.watcher().minReady() + " at least, seen "
						+ server.watcher().looks() + " times");
			}
		}
		finally {
			started.forEach(RunningPool::close);
		}
	}

	private void other(ForkingServer server, Mix mix) throws IOException, InterruptedException {
		try (server) {
			report(server, mix, null);
		}
	}

	private void report(Server server, Mix mix, @Nullable H2Load http2) throws InterruptedException {
		SoakResult result = new Soak(server, plan()).run(mix, http2);
		System.out.println(SoakTable.details(result));
		this.results.add(result);
	}

	private Plan plan() {
		return new Plan(number("rollouts"), number("requests"), Duration.ofSeconds(number("warm-up")),
				Duration.ofSeconds(number("steady")), Duration.ofSeconds(number("period")));
	}

	private int number(String option) {
		String value = this.options.get(option);
		if (value == null) {
			throw new IllegalArgumentException(option + " is missing");
		}
		return Integer.parseInt(value);
	}

	private static boolean isInstalled(String command) {
		boolean found = List.of(System.getenv("PATH").split(":", -1))
			.stream()
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, command)));
		if (!found) {
			System.out.println(command + " is not installed");
		}
		return found;
	}

}
