package io.unicorn.boot.doctor;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import io.unicorn.boot.OncePerPool;
import io.unicorn.boot.PoolWorker;
import io.unicorn.boot.worker.WorkerLogObserver;
import io.unicorn.worker.WorkerAgent;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.rememberme.InMemoryTokenRepositoryImpl;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;

import static org.assertj.core.api.Assertions.assertThat;

class RulesTests extends ExaminedApplication {

	@TempDir
	private Path directory;

	@Test
	void theIdsAreThoseOfTheRules() {
		assertThat(Rules.ALL).extracting(Rule::id).containsExactlyElementsOf(FindingIds.ALL);
	}

	@Test
	void anApplicationWithoutAnythingHasNoFinding() {
		assertThat(found()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "jdbc:h2:mem:shop, database-in-memory", "jdbc:hsqldb:mem:shop, database-in-memory",
			"jdbc:sqlite::memory:, database-in-memory", "jdbc:h2:file:./shop, database-file",
			"jdbc:h2:~/shop, database-file", "jdbc:hsqldb:file:shop, database-file", "jdbc:derby:shop, database-file",
			"jdbc:duckdb:/srv/shop, database-file", "jdbc:h2:./shop;AUTO_SERVER=TRUE, database-auto-server",
			"jdbc:sqlite:shop.db, database-journal" })
	void aDatabaseOfOneProcessIsFoundByItsUrl(String url, String id) {
		assertThat(found("spring.datasource.url", url)).containsExactly(id);
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://db/shop", "jdbc:h2:tcp://db/shop", "jdbc:hsqldb:hsql://db/shop",
			"jdbc:derby://db/shop", "jdbc:sqlite:shop.db?journal_mode=WAL", "jdbc:h2:./shop;ACCESS_MODE_DATA=r",
			"jdbc:h2:./shop-${unicorn.worker.index}" })
	void aDatabaseOfSeveralProcessesIsNotFound(String url) {
		this.environment.setProperty("unicorn.worker.index", "2");
		assertThat(found("spring.datasource.url", url)).isEmpty();
	}

	@Test
	void aRandomValueElsewhereIsNoExcuse() {
		this.environment.getPropertySources().addLast(new RandomValuePropertySource());
		this.environment.setProperty("app.secret", "${random.value}");
		assertThat(found("spring.datasource.url", "jdbc:h2:./shop")).containsExactly("database-file");
	}

	@Test
	void theDatabaseOfABeanIsFoundWithoutAProperty() {
		JdbcDataSource source = new JdbcDataSource();
		source.setURL("jdbc:h2:mem:" + getClass().getName());
		bean("shop", DataSource.class, () -> source);
		assertThat(found()).containsExactly("database-in-memory");
	}

	@Test
	void aFileThatABeanOpensIsFound() {
		JdbcDataSource source = new JdbcDataSource();
		source.setURL("jdbc:h2:" + this.directory.resolve("shop"));
		bean("shop", DataSource.class, () -> source);
		assertThat(found()).containsExactly("database-file");
	}

	@ParameterizedTest
	@CsvSource({ "10, 30, true", "10, 40, false" })
	void thePoolsTogetherMayOpenTooManyConnections(int size, String limit, boolean tooMany) {
		bean("shop", DataSource.class, () -> new SizedPool(size, limit));
		assertThat(found().contains("database-connections")).isEqualTo(tooMany);
	}

	@Test
	void oneWorkerHasNothingToShareButWhatItsSuccessorCannotOpen() {
		this.workers = 1;
		this.environment.setProperty("spring.datasource.url", "jdbc:h2:mem:shop");
		assertThat(found()).isEmpty();
	}

	@Test
	void theFileOfOneWorkerIsAProblemOfItsSuccessor() {
		this.workers = 1;
		assertThat(found("spring.datasource.url", "jdbc:h2:./shop")).containsExactly("database-file");
	}

	@Test
	void aWorkerWithoutASuccessorBesideItHasNoFinding() {
		this.workers = 1;
		this.environment.setProperty("unicorn.rollout.max-surge", "0");
		assertThat(found("spring.datasource.url", "jdbc:h2:./shop")).isEmpty();
	}

	private void login(SecurityContextRepository repository) {
		bean("chain", SecurityFilterChain.class,
				() -> new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE,
						new SecurityContextHolderFilter(repository),
						new UsernamePasswordAuthenticationFilter((Authentication request) -> request)));
	}

	@Test
	void aLoginInTheSessionIsFound() {
		login(new HttpSessionSecurityContextRepository());
		assertThat(found()).containsExactly("sessions");
	}

	@Test
	void aStatelessLoginIsNotFound() {
		login(new RequestAttributeSecurityContextRepository());
		assertThat(found()).isEmpty();
	}

	private void sessionScoped(Class<?> type) {
		RootBeanDefinition definition = new RootBeanDefinition(type);
		definition.setScope("session");
		this.context.registerBeanDefinition("cart", definition);
	}

	@Test
	void aBeanOfTheSessionIsFound() {
		sessionScoped(Cart.class);
		assertThat(found()).containsExactly("sessions");
	}

	@Test
	void aTokenRepositoryInMemoryIsFound() {
		bean("tokens", InMemoryTokenRepositoryImpl.class, InMemoryTokenRepositoryImpl::new);
		assertThat(found()).containsExactly("remember-me-tokens");
	}

	@Test
	void whatIsPutIntoALocalCacheIsFound() {
		bean("caches", CaffeineCacheManager.class, CaffeineCacheManager::new);
		this.context.registerBean("prices", Prices.class);
		assertThat(found()).containsExactly("cache-put");
	}

	@Test
	void whatIsPutIntoAnotherCacheIsNotFound() {
		bean("caches", NoOpCacheManager.class, NoOpCacheManager::new);
		this.context.registerBean("prices", Prices.class);
		assertThat(found()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "jcache, true", "org.hibernate.cache.jcache.internal.JCacheRegionFactory, true",
			"com.hazelcast.hibernate.HazelcastCacheRegionFactory, false" })
	void aSecondLevelCacheInMemoryIsFound(String factory, boolean local) {
		assertThat(found("spring.jpa.properties.hibernate.cache.region.factory_class", factory))
			.isEqualTo(local ? List.of("second-level-cache") : List.of());
	}

	@ParameterizedTest
	@CsvSource({ "spring.kafka.consumer.properties.group.instance.id, kafka-member",
			"spring.kafka.properties[group.instance.id], kafka-member",
			"spring.kafka.producer.transaction-id-prefix, kafka-transactions" })
	void aKafkaIdOfAllWorkersIsFound(String property, String id) {
		assertThat(found(property, "shop")).containsExactly(id);
	}

	@ParameterizedTest
	@ValueSource(strings = { "shop-${unicorn.worker.index}", "shop-${random.uuid}" })
	void aKafkaIdPerWorkerIsNotFound(String value) {
		this.environment.setProperty("unicorn.worker.index", "2");
		this.environment.getPropertySources().addLast(new RandomValuePropertySource());
		assertThat(found("spring.kafka.producer.transaction-id-prefix", value)).isEmpty();
	}

	@Test
	void aFixedPortOfADirectoryIsFound() {
		this.environment.setProperty("spring.ldap.embedded.base-dn", "dc=shop");
		assertThat(found("spring.ldap.embedded.port", "8389")).containsExactly("embedded-ldap");
	}

	@Test
	void aFreePortOfADirectoryIsNotFound() {
		assertThat(found("spring.ldap.embedded.base-dn", "dc=shop")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "vm://localhost, embedded-broker", "tcp://broker:61616, ''" })
	void aBrokerInTheProcessIsFound(String url, String id) {
		assertThat(found("spring.activemq.broker-url", url)).isEqualTo(id.isEmpty() ? List.of() : List.of(id));
	}

	@Test
	void aPortThatThisProcessHasOpenedIsFound() throws Exception {
		try (ServerSocket socket = belowChosenPorts()) {
			assertThat(OwnPorts.find()).contains(socket.getLocalPort());
			assertThat(found()).contains("open-port");
		}
	}

	@Test
	void aPortThatTheSystemHasChosenIsNotFound() throws Exception {
		try (ServerSocket socket = new ServerSocket(0)) {
			assertThat(OwnPorts.find()).doesNotContain(socket.getLocalPort());
		}
	}

	@Test
	void aPortThatProcessesMayShareIsNotFound() throws Exception {
		int port;
		try (ServerSocket free = belowChosenPorts()) {
			port = free.getLocalPort();
		}
		try (ServerSocket socket = new ServerSocket()) {
			socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
			socket.bind(new InetSocketAddress(port));
			assertThat(OwnPorts.find()).doesNotContain(port);
		}
	}

	private static ServerSocket belowChosenPorts() throws Exception {
		for (int port = 20_000; port < 30_000; port++) {
			try {
				return new ServerSocket(port);
			}
			catch (BindException ex) {
				// The next one.
			}
		}
		throw new IllegalStateException("no port is free");
	}

	@ParameterizedTest
	@CsvSource({ "60s, 30, true", "20s, 30, false" })
	void aPhaseThatIsLongerThanTheTimeToLeaveIsFound(String phase, String graceful, boolean longer) {
		this.environment.setProperty("spring.lifecycle.timeout-per-shutdown-phase", phase);
		assertThat(found("unicorn.graceful-timeout", graceful))
			.isEqualTo(longer ? List.of("shutdown-phase") : List.of());
	}

	private void database() {
		bean("shop", DataSource.class, () -> new SizedPool(1, "100"));
		this.context.registerBean("orders", Orders.class);
	}

	@Test
	void aRunnerWithADatabaseIsFound() {
		database();
		this.context.registerBean("fill", Fill.class);
		assertThat(found()).containsExactly("runner");
	}

	@Test
	void aRunnerOfWhichTheConfigurationSaysWhereItRunsIsNotFound() {
		database();
		this.context.registerBean("fill", Fill.class);
		assertThat(found("unicorn.runners", "every")).isEmpty();
	}

	@Test
	void aRunnerThatRunsOnceIsNotFound() {
		database();
		this.context.registerBean("fill", FillOnce.class);
		assertThat(found()).isEmpty();
	}

	@Test
	void aRunnerThatKnowsTheWorkerIsNotFound() {
		database();
		bean("worker", PoolWorker.class, () -> new PoolWorker(WorkerAgent.unconnected(new WorkerLogObserver())));
		this.context.registerBean("fill", CarefulFill.class);
		assertThat(found()).isEmpty();
	}

	@Test
	void aRunnerWithoutADatabaseIsNotFound() {
		this.context.registerBean("greet", Greet.class);
		assertThat(found()).isEmpty();
	}

	@Test
	void aSilencedFindingIsLeftOut() {
		this.environment.setProperty("spring.datasource.url", "jdbc:h2:mem:shop");
		assertThat(new Doctor(this.environment, null, List.of("database-in-memory"), () -> 2)
			.findings(Duration.ofMinutes(1))).isEmpty();
	}

	@Test
	void aFindingIsOneLine() {
		this.environment.setProperty("spring.datasource.url", "jdbc:h2:mem:shop;PASSWORD=secret");
		assertThat(new Doctor(this.environment, null, List.of(), () -> 2).findings(Duration.ofMinutes(1)))
			.singleElement()
			.hasToString("[database-in-memory] spring.datasource.url: each worker has jdbc:h2:mem:shop for itself, so "
					+ "what one writes, the others do not see, and it is gone when the worker is replaced. Use the "
					+ "server of a database.");
	}

	static class Cart {

	}

	static class Prices {

		@CachePut("prices")
		public String price() {
			return "1";
		}

	}

	record Orders(DataSource shop) {

	}

	static class Greet implements ApplicationRunner {

		@Override
		public void run(ApplicationArguments args) {
		}

	}

	static class Fill extends Greet {

		Fill(Orders orders) {
		}

	}

	@OncePerPool
	static final class FillOnce extends Fill {

		FillOnce(Orders orders) {
			super(orders);
		}

	}

	static class CarefulFill extends Greet {

		CarefulFill(Orders orders, PoolWorker worker) {
		}

	}

}
