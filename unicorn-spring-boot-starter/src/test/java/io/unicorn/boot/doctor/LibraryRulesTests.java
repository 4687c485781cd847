package io.unicorn.boot.doctor;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.bucket4j.Bucket;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import net.bytebuddy.ByteBuddy;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.session.MapSession;
import org.springframework.session.SessionRepository;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandler;
import org.springframework.web.socket.sockjs.transport.TransportHandlingSockJsService;
import org.springframework.web.socket.sockjs.transport.handler.WebSocketTransportHandler;
import org.springframework.web.socket.sockjs.transport.handler.XhrPollingTransportHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Rules that know optional libraries, tested with the libraries where they are small, and
 * otherwise with classes of the same names.
 */
class LibraryRulesTests extends ExaminedApplication {

	private static final String SERVER = "org.springframework.security.oauth2.server.authorization.";

	private static final String CLIENT = "org.springframework.security.oauth2.client.";

	@TempDir
	private Path directory = Path.of("");

	@Test
	void anIndexThatOneProcessWritesIsFound() throws IOException {
		try (IndexWriter writer = new IndexWriter(FSDirectory.open(this.directory), new IndexWriterConfig())) {
			bean("books", IndexWriter.class, () -> writer);
			assertThat(found()).containsExactly("index-file");
		}
	}

	@Test
	void anIndexInMemoryIsNotFound() throws IOException {
		IndexWriter writer = new IndexWriter(new ByteBuffersDirectory(), new IndexWriterConfig());
		bean("books", IndexWriter.class, () -> writer);
		assertThat(found()).isEmpty();
	}

	@Test
	void theIndexOfHibernateSearchIsFound() {
		define(define("org.hibernate.search.backend.lucene.LuceneBackend"), Object.class,
				"org.hibernate.search.mapper.orm.Search");
		assertThat(found()).containsExactly("index-file");
	}

	@Test
	void hibernateSearchOnAServerIsNotFound() {
		define(define("org.hibernate.search.backend.lucene.LuceneBackend"), Object.class,
				"org.hibernate.search.mapper.orm.Search");
		assertThat(found("spring.jpa.properties.hibernate.search.backend.type", "elasticsearch")).isEmpty();
	}

	@Test
	void anAuthorizationServerThatKeepsCodesInMemoryIsFound() {
		this.context.registerBean("clients", define(SERVER + "client.RegisteredClientRepository"));
		assertThat(found()).containsExactly("oauth2-authorizations");
	}

	@Test
	void anAuthorizationServiceThatWorkersShareIsNotFound() {
		Class<?> clients = define(SERVER + "client.RegisteredClientRepository");
		this.context.registerBean("clients", clients);
		this.context.registerBean("codes", define(clients, Object.class, SERVER + "OAuth2AuthorizationService"));
		assertThat(found()).isEmpty();
	}

	@Test
	void aKeyThatSpringBootGeneratesIsFound() {
		keys(OAuth2AuthorizationServerJwtAutoConfiguration.class);
		assertThat(found()).containsExactly("oauth2-keys");
	}

	@Test
	void aKeyOfTheApplicationIsNotFound() {
		keys(LibraryRulesTests.class);
		assertThat(found()).isEmpty();
	}

	private void keys(Class<?> source) {
		RootBeanDefinition keys = new RootBeanDefinition(define("com.nimbusds.jose.jwk.source.JWKSource"));
		RootBeanDefinition configuration = new RootBeanDefinition(source);
		configuration.setInstanceSupplier(() -> BeanUtils.instantiateClass(source));
		this.context.registerBeanDefinition("configuration", configuration);
		keys.setInstanceSupplier(() -> BeanUtils.instantiateClass(keys.getBeanClass()));
		keys.setFactoryBeanName("configuration");
		this.context.registerBeanDefinition("keys", keys);
	}

	@ParameterizedTest
	@CsvSource({ "authorization_code, true, false", "authorization_code, false, true",
			"client_credentials, false, false" })
	void accessTokensOfUsersInMemoryAreFound(String grant, boolean found, boolean inSession) {
		Class<?> clients = define(getClass(), Clients.class, CLIENT + "registration.ClientRegistrationRepository");
		Class<?> tokens = define(clients, Object.class, CLIENT + "InMemoryOAuth2AuthorizedClientService");
		((Clients) bean("clients", clients)).add(new Client(new Grant(grant)));
		bean("tokens", tokens);
		if (inSession) {
			bean("session", define(tokens, Object.class, CLIENT + "web.HttpSessionOAuth2AuthorizedClientRepository"));
		}
		assertThat(found()).isEqualTo(found ? List.of("oauth2-authorized-clients") : List.of());
	}

	@SuppressWarnings("unchecked")
	private Object bean(String name, Class<?> type) {
		Object bean = BeanUtils.instantiateClass(type);
		this.context.registerBean(name, (Class<Object>) type, () -> bean);
		return bean;
	}

	public static class Clients extends ArrayList<Client> {

		private static final long serialVersionUID = 1L;

	}

	public static final class Client {

		private final Grant grant;

		Client(Grant grant) {
			this.grant = grant;
		}

		public Grant getAuthorizationGrantType() {
			return this.grant;
		}

	}

	public static final class Grant {

		private final String value;

		Grant(String value) {
			this.value = value;
		}

		public String getValue() {
			return this.value;
		}

	}

	@Test
	void limitsThatEachWorkerCountsAreFound() {
		RateLimiterRegistry limiters = RateLimiterRegistry.ofDefaults();
		limiters.rateLimiter("search");
		bean("limiters", RateLimiterRegistry.class, () -> limiters);
		assertThat(found()).containsExactly("rate-limiter");
	}

	@Test
	void aBucketInMemoryIsFound() {
		bean("bucket", Bucket.class,
				() -> Bucket.builder()
					.addLimit((limit) -> limit.capacity(10).refillGreedy(10, Duration.ofSeconds(1)))
					.build());
		assertThat(found()).containsExactly("rate-limiter");
	}

	@Test
	void aRegistryWithoutLimitsIsNotFound() {
		bean("limiters", RateLimiterRegistry.class, RateLimiterRegistry::ofDefaults);
		bean("breakers", CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults);
		assertThat(found()).isEmpty();
	}

	@Test
	void circuitBreakersAreFound() {
		CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
		breakers.circuitBreaker("payment");
		bean("breakers", CircuitBreakerRegistry.class, () -> breakers);
		assertThat(found()).containsExactly("circuit-breaker");
	}

	@Test
	void aFallbackOfSockJsIsFound() {
		sockJs(new XhrPollingTransportHandler());
		assertThat(found()).containsExactly("sockjs");
	}

	@Test
	void sockJsWithWebSocketAloneIsNotFound() {
		sockJs(new WebSocketTransportHandler(new DefaultHandshakeHandler()));
		assertThat(found()).isEmpty();
	}

	private void sockJs(TransportHandler transport) {
		TransportHandlingSockJsService service = new TransportHandlingSockJsService(mock(TaskScheduler.class),
				List.of(transport));
		SockJsHttpRequestHandler handler = new SockJsHttpRequestHandler(service, new TextWebSocketHandler());
		bean("sockets", AbstractUrlHandlerMapping.class,
				() -> new SimpleUrlHandlerMapping(Map.of("/chat/**", handler)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void anInstanceOfEurekaThatAllWorkersAreIsFound(boolean perWorker) {
		this.context.registerBean("registration",
				define("org.springframework.cloud.netflix.eureka.serviceregistry.EurekaAutoServiceRegistration"));
		this.environment.setProperty("unicorn.worker.id", "17");
		assertThat(found("eureka.instance.instance-id", "shop" + (perWorker ? ":${unicorn.worker.id}" : "")))
			.isEqualTo(perWorker ? List.of() : List.of("eureka-instance"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void anInstanceOfConsulThatAllWorkersAreIsFound(boolean perWorker) {
		this.context.registerBean("registration",
				define("org.springframework.cloud.consul.serviceregistry.ConsulAutoServiceRegistration"));
		this.environment.setProperty("unicorn.worker.id", "17");
		assertThat(
				found("spring.cloud.consul.discovery.instance-id", "shop" + (perWorker ? ":${unicorn.worker.id}" : "")))
			.isEqualTo(perWorker ? List.of() : List.of("consul-instance"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "true" })
	void keysThatAreDerivedFromTheProcessAreFound(boolean configured) {
		define("com.baomidou.mybatisplus.core.incrementer.IdentifierGenerator");
		this.environment.setProperty("unicorn.worker.index", "3");
		this.environment.setProperty("mybatis-plus.global-config.sequence.datacenter-id", "1");
		if (configured) {
			this.environment.setProperty("mybatis-plus.global-config.sequence.worker-id", "${unicorn.worker.index}");
		}
		assertThat(found()).isEqualTo(configured ? List.of() : List.of("snowflake-ids"));
	}

	@Test
	void anMcpServerWithSessionsIsFound() {
		Class<?> provider = define("io.modelcontextprotocol.spec.McpStreamableServerTransportProvider");
		this.context.registerBean("mcp", provider);
		assertThat(found()).containsExactly("mcp");
	}

	@Test
	void anMcpServerWithoutSessionsIsNotFound() {
		Class<?> transport = define("io.modelcontextprotocol.spec.McpStatelessServerTransport");
		this.context.registerBean("mcp", transport);
		assertThat(found()).isEmpty();
	}

	@Test
	void keysOfTheDatabaseAreNotFound() {
		define("com.baomidou.mybatisplus.core.incrementer.IdentifierGenerator");
		assertThat(found("mybatis-plus.global-config.db-config.id-type", "auto")).isEmpty();
	}

	/** Let the application have a library with a class of this name. */
	private Class<?> define(String name) {
		return define(getClass(), Object.class, name);
	}

	/**
	 * Let the application have one more class.
	 * @param with the class that it has already
	 */
	private Class<?> define(Class<?> with, Class<?> parent, String name) {
		Class<?> type = new ByteBuddy().subclass(parent).name(name).make().load(with.getClassLoader()).getLoaded();
		this.context.setClassLoader(type.getClassLoader());
		return type;
	}

	@Test
	void aSessionScopedBeanThatCannotBeStoredIsFound() {
		sessions();
		scoped(Basket.class);
		assertThat(found()).containsExactly("session-not-serializable");
	}

	@Test
	void aSessionScopedBeanThatCanBeStoredIsNotFound() {
		sessions();
		scoped(StoredBasket.class);
		assertThat(found()).isEmpty();
	}

	@SuppressWarnings("unchecked")
	private void sessions() {
		SessionRepository<MapSession> repository = mock(SessionRepository.class);
		given(repository.findById(any())).willReturn(new MapSession());
		bean("sessions", SessionRepository.class, () -> repository);
	}

	private void scoped(Class<?> type) {
		this.context.registerBean("basket", type, (definition) -> definition.setScope("session"));
	}

	@Test
	void aSessionScopedBeanOfAnInterfaceIsNotFound() {
		sessions();
		this.context.registerBean("basket", AnyBasket.class, StoredBasket::new,
				(definition) -> definition.setScope("session"));
		assertThat(found()).isEmpty();
	}

	interface AnyBasket {

	}

	static class Basket {

	}

	static class StoredBasket implements AnyBasket, Serializable {

		private static final long serialVersionUID = 1L;

	}

	/** Of the name of Spring Boot's. */
	static class OAuth2AuthorizationServerJwtAutoConfiguration {

	}

}
