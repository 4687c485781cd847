package io.unicorn.sample.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.http.HttpConnection;
import io.unicorn.sample.testsupport.http.Response;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the workers of a pool share the HTTP sessions of clients, each request of
 * which is on a connection of its own.
 */
@OneJdk
class SessionIT {

	private static final int WORKERS = 2;

	private static final int AT_ONCE = 20;

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	Path directory = Path.of("");

	private RunningPool start(AppJar jar, int port) {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(jar.with(SessionController.class).overwrite(this.directory.resolve("app.jar")))
			.args("--unicorn.workers=" + WORKERS, "--server.port=" + port,
					"--unicorn.work-dir=" + this.directory.resolve("work")));
		pool.awaitReady(WORKERS);
		return pool;
	}

	/** A browser with one cookie. */
	private static final class Client {

		private @Nullable String cookie;

		Response get(RunningPool pool, String path) throws IOException {
			try (HttpConnection connection = pool.connect()) {
				String header = (this.cookie != null) ? "Cookie: " + this.cookie + "\r\n" : "";
				String request = "GET /session/%s HTTP/1.1\r\nHost: localhost\r\n%sConnection: close\r\n\r\n"
					.formatted(path, header);
				Response response = connection.exchange(request.getBytes(StandardCharsets.US_ASCII));
				String set = response.header("set-cookie");
				if (set != null) {
					this.cookie = set.split(";", -1)[0];
				}
				return response;
			}
		}

		String text(RunningPool pool, String path) throws IOException {
			Response response = get(pool, path);
			assertThat(response.status()).as(path).isEqualTo(200);
			return response.text();
		}

		/** Add to the list in the session until a worker has answered. */
		long addUntilAnswered(RunningPool pool, Set<Long> workers, List<Long> added) throws IOException {
			while (true) {
				String[] answer = text(pool, "add").split(" ", -1);
				added.add(Long.valueOf(answer[0]));
				assertThat(Integer.parseInt(answer[1])).as("size of the list in the session").isEqualTo(added.size());
				if (workers.contains(added.get(added.size() - 1))) {
					return added.get(added.size() - 1);
				}
			}
		}

	}

	private static Set<Long> ids(RunningPool pool) throws IOException {
		return WorkerView.ready(pool.pool()).stream().map(WorkerView::id).collect(Collectors.toSet());
	}

	/** Wait until all of these workers are replaced. */
	private static Set<Long> replaced(RunningPool pool, Set<Long> former) throws IOException {
		pool.awaitPool("successors of " + former,
				(view) -> WorkerView.ready(view).size() == WORKERS
						&& WorkerView.ready(view).stream().noneMatch((worker) -> former.contains(worker.id())),
				RunningPool.PATIENCE);
		return ids(pool);
	}

	@Test
	void aSessionSurvivesACrashARetirementARollOutAndARestart() throws Exception {
		int port = FreePort.choose();
		RunningPool pool = start(AppJar.version("1"), port);
		Client client = new Client();
		List<Long> added = new ArrayList<>();
		for (long id : new TreeSet<>(ids(pool))) {
			client.addUntilAnswered(pool, Set.of(id), added);
		}
		for (String signal : List.of("KILL", "TERM")) {
			WorkerView worker = WorkerView.ready(pool.pool()).get(0);
			pool.signal(worker.pid(), signal);
			Set<Long> successors = replaced(pool, Set.of(worker.id()));
			client.addUntilAnswered(pool, successors, added);
		}
		Set<Long> former = ids(pool);
		pool.rollOut();
		client.addUntilAnswered(pool, replaced(pool, former), added);
		assertThat(pool.stop()).isZero();

		RunningPool next = start(AppJar.version("2"), port);
		client.addUntilAnswered(next, ids(next), added);
		assertThat(next.stop()).isZero();
		assertThat(next.output()).doesNotContain("HTTP session").doesNotContain("SQLite");
	}

	@Test
	void parallelRequestsLoseNothingAndFlashAttributesAndTheEndOfASessionAreSeenByAll() throws Exception {
		assertShared(start(AppJar.version("1"), 0));
	}

	@Test
	@Nightly
	void theSameOnJetty() throws Exception {
		assertShared(start(AppJar.jetty(), 0));
	}

	@Test
	void theSameOnTheOldestSpringBoot() throws Exception {
		assertShared(start(AppJar.oldestBoot(), 0));
	}

	private static void assertShared(RunningPool pool) throws Exception {
		Client client = new Client();
		client.text(pool, "put?name=first");
		assertThat(client.cookie).matches("JSESSIONID=[0-9a-f-]{36}");
		String cookie = client.cookie;
		ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
		try {
			List<Callable<String>> requests = new ArrayList<>();
			Set<String> names = new TreeSet<>(Set.of("first"));
			for (int index = 0; index < AT_ONCE; index++) {
				String name = "name" + index;
				names.add(name);
				requests.add(() -> client.text(pool, "put?name=" + name));
			}
			for (Future<String> answer : threads.invokeAll(requests)) {
				answer.get();
			}
			for (int index = 0; index < AT_ONCE; index++) {
				assertThat(client.text(pool, "names")).isEqualTo("names: " + String.join(" ", names));
			}
		}
		finally {
			threads.shutdown();
		}
		for (int index = 0; index < AT_ONCE; index++) {
			Response redirect = client.get(pool, "flash");
			assertThat(redirect.status()).isEqualTo(302);
			assertThat(client.text(pool, "flashed")).isEqualTo("message: saved");
		}
		client.text(pool, "invalidate");
		client.cookie = cookie;
		for (int index = 0; index < AT_ONCE; index++) {
			assertThat(client.text(pool, "names")).isEqualTo("names: ");
		}
		assertThat(client.cookie).isNotEqualTo(cookie);
		assertThat(pool.output()).doesNotContainPattern(Pattern.compile("\\b(WARN|ERROR)\\b"));
	}

}
