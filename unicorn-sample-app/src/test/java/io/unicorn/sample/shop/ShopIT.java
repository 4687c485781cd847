package io.unicorn.sample.shop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.unicorn.sample.testsupport.Await;
import io.unicorn.sample.testsupport.Chromium;
import io.unicorn.sample.testsupport.FreePort;
import io.unicorn.sample.testsupport.Nightly;
import io.unicorn.sample.testsupport.OneJdk;
import io.unicorn.sample.testsupport.pool.Pools;
import io.unicorn.sample.testsupport.pool.RunningPool;
import io.unicorn.sample.testsupport.pool.WorkerView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * A customer uses the shop while its workers crash, retire and are rolled out: she stays
 * logged in, keeps her cart, and sees each chat message in each window once. Ticks are
 * written once.
 */
@OneJdk
@Nightly
class ShopIT {

	private static final Pattern READY = Pattern.compile("ready in");

	private static final int ROUNDS = Nightly.LEFT_OUT ? 1 : 5;

	@RegisterExtension
	final Pools pools = new Pools();

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private Chromium chromium = new Chromium(Path.of("chromium"));

	@BeforeEach
	void findBrowser() {
		this.chromium = Chromium.find().orElseGet(() -> abort("there is no chromium on the PATH"));
	}

	@Test
	void aCustomerNoticesNothing() throws Exception {
		int port = FreePort.choose();
		Process database = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
				h2().toString(), "org.h2.tools.Server", "-tcp", "-tcpPort", Integer.toString(port), "-ifNotExists",
				"-baseDir", this.directory.toString())
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("h2.log").toFile())
			.start();
		try {
			Await.until(RunningPool.PATIENCE, () -> "the database", () -> isOpen(port));
			shop("jdbc:h2:tcp://localhost:" + port + "/./shop", "sa");
		}
		finally {
			database.destroy();
			database.waitFor(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void neitherDoesOneOnPostgreSql() throws Exception {
		Path programs = Postgres.find().orElseGet(() -> abort("PostgreSQL is not installed"));
		try (Postgres database = Postgres.start(programs)) {
			Await.until(RunningPool.PATIENCE, () -> "the database", () -> isOpen(database.port()));
			shop(database.url(), "postgres");
		}
	}

	private static Path h2() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("target/test-libraries"))) {
			return files.filter((file) -> file.getFileName().toString().startsWith("h2-")).findFirst().orElseThrow();
		}
	}

	private static boolean isOpen(int port) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void shop(String url, String user) throws Exception {
		RunningPool pool = this.pools.start(RunningPool.builder()
			.bootingFast()
			.jar(Path.of("shop/target/unicorn-sample-app-shop.jar"))
			.env("SPRING_DATASOURCE_URL", url)
			.env("SPRING_DATASOURCE_USERNAME", user)
			.args("--unicorn.workers=3"));
		pool.awaitReady(3);
		String address = "http://localhost:" + pool.port() + "/";
		try (Browser browser = Browser.start(this.chromium)) {
			Window one = browser.open(address);
			one.leave("document.querySelector('#username').value = 'ada';"
					+ "document.querySelector('#password').value = 'lovelace';"
					+ "document.querySelector('form').submit()");
			Window other = browser.open(address);
			List<String> bought = new ArrayList<>();
			use(pool, one, other, bought);
			for (int i = 0; i < ROUNDS; i++) {
				lose(pool, "TERM");
				use(pool, one, other, bought);
				assertThat(pool.rollOut().state()).isEqualTo("succeeded");
				use(pool, one, other, bought);
			}
			List<Long> ticks = ticks(pool);
			assertThat(ticks).as("without a crash")
				.isEqualTo(LongStream.rangeClosed(ticks.get(0), ticks.get(ticks.size() - 1)).boxed().toList());
			for (int i = 0; i < ROUNDS; i++) {
				lose(pool, "KILL");
				use(pool, one, other, bought);
			}
			assertThat(ticks(pool)).doesNotHaveDuplicates();
		}
		assertThat(pool.stop()).isZero();
	}

	/** Lose the leader, which has been there longest, and wait for another worker. */
	private static void lose(RunningPool pool, String signal) {
		int mark = pool.mark();
		pool.signal(WorkerView.oldest(pool.awaitReady(3)).pid(), signal);
		pool.awaitOutputAfter(mark, READY, RunningPool.PATIENCE);
		pool.awaitReady(3);
	}

	/** Do what a customer does, in both windows. */
	private static void use(RunningPool pool, Window one, Window other, List<String> bought) throws IOException {
		String product = "book " + bought.size();
		bought.add(product);
		one.leave(post("add", "product", product));
		assertThat(text(one, "#message")).isEqualTo(product + " is in the cart");
		other.leave("location.reload()");
		assertThat(text(other, "#customer")).isEqualTo("ada");
		assertThat(list(other, "#cart")).isEqualTo(bought);
		other.leave(post("new", "name", product));
		assertSoldByAllWorkers(pool, product);
		one.await("document.body.dataset.chat == 'open'");
		other.await("document.body.dataset.chat == 'open'");
		other.evaluate("say(" + Window.quoted("I like " + product) + ")");
		one.evaluate("say(" + Window.quoted("So do I") + ")");
		for (Window window : List.of(one, other)) {
			window.await("document.querySelectorAll('#chat li').length >= 2");
			assertThat(list(window, "#chat")).containsExactlyInAnyOrder("ada: I like " + product, "ada: So do I");
		}
	}

	private static String post(String form, String field, String value) {
		return "document.querySelector('#%s [name=%s]').value = %s; document.querySelector('#%s').submit()"
			.formatted(form, field, Window.quoted(value), form);
	}

	private static String text(Window window, String selector) {
		return window.evaluate("document.querySelector('" + selector + "').textContent").asString("");
	}

	private static List<String> list(Window window, String selector) {
		JsonNode items = window
			.evaluate("[...document.querySelectorAll('" + selector + " li')].map((item) => item.textContent)");
		return StreamSupport.stream(items.spliterator(), false).map(JsonNode::asString).toList();
	}

	/** Each worker has cached the products before. */
	private static void assertSoldByAllWorkers(RunningPool pool, String product) throws IOException {
		Set<Long> pids = new HashSet<>();
		for (int i = 0; pids.size() < 3; i++) {
			assertThat(i).as("requests, answered by %s", pids).isLessThan(500);
			JsonNode answer = JsonMapper.shared().readTree(pool.get("/products").body());
			assertThat(answer.path("products").toString()).contains("\"" + product + "\"");
			pids.add(answer.path("pid").asLong());
		}
	}

	private static List<Long> ticks(RunningPool pool) throws IOException {
		JsonNode ticks = JsonMapper.shared().readTree(pool.get("/ticks").body());
		return StreamSupport.stream(ticks.spliterator(), false).map(JsonNode::asLong).toList();
	}

}
