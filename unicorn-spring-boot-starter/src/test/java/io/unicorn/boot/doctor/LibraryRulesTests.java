package io.unicorn.boot.doctor;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
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
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.security.oauth2.client.InMemoryOAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.session.MapSession;
import org.springframework.session.SessionRepository;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.sockjs.support.SockJsHttpRequestHandler;
import org.springframework.web.socket.sockjs.transport.SockJsServiceConfig;
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
		define("org.hibernate.search.backend.lucene.LuceneBackend", "org.hibernate.search.mapper.orm.Search");
		assertThat(found()).containsExactly("index-file");
	}

	@Test
	void hibernateSearchOnAServerIsNotFound() {
		define("org.hibernate.search.backend.lucene.LuceneBackend", "org.hibernate.search.mapper.orm.Search");
		assertThat(found("spring.jpa.properties.hibernate.search.backend.type", "elasticsearch")).isEmpty();
	}

	@Test
	void anAuthorizationServerThatKeepsCodesInMemoryIsFound() {
		bean("clients", RegisteredClientRepository.class, LibraryRulesTests::registered);
		assertThat(found()).containsExactly("oauth2-authorizations");
	}

	@Test
	void anAuthorizationServiceInMemoryIsFound() {
		bean("clients", RegisteredClientRepository.class, LibraryRulesTests::registered);
		bean("codes", InMemoryOAuth2AuthorizationService.class, InMemoryOAuth2AuthorizationService::new);
		assertThat(found()).containsExactly("oauth2-authorizations");
	}

	@Test
	void anAuthorizationServiceThatWorkersShareIsNotFound() {
		bean("clients", RegisteredClientRepository.class, LibraryRulesTests::registered);
		bean("codes", OAuth2AuthorizationService.class, () -> mock(OAuth2AuthorizationService.class));
		assertThat(found()).isEmpty();
	}

	private static RegisteredClientRepository registered() {
		return new InMemoryRegisteredClientRepository(RegisteredClient.withId("1")
			.clientId("shop")
			.authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
			.build());
	}

	@Test
	void aKeyThatSpringBootGeneratesIsFound() {
		this.context.registerBean(OAuth2AuthorizationServerJwtAutoConfiguration.class);
		assertThat(found()).containsExactly("oauth2-keys");
	}

	@Test
	void aKeyOfTheApplicationIsNotFound() {
		bean("keys", JWKSource.class, LibraryRulesTests::keys);
		assertThat(found()).isEmpty();
	}

	private static JWKSource<SecurityContext> keys() {
		return new ImmutableJWKSet<>(new JWKSet());
	}

	@Test
	void accessTokensOfUsersInMemoryAreFound() {
		ClientRegistrationRepository clients = client(AuthorizationGrantType.AUTHORIZATION_CODE);
		bean("clients", ClientRegistrationRepository.class, () -> clients);
		bean("tokens", OAuth2AuthorizedClientService.class, () -> new InMemoryOAuth2AuthorizedClientService(clients));
		assertThat(found()).containsExactly("oauth2-authorized-clients");
	}

	@Test
	void accessTokensOfTheApplicationItselfAreNotFound() {
		ClientRegistrationRepository clients = client(AuthorizationGrantType.CLIENT_CREDENTIALS);
		bean("clients", ClientRegistrationRepository.class, () -> clients);
		bean("tokens", OAuth2AuthorizedClientService.class, () -> new InMemoryOAuth2AuthorizedClientService(clients));
		assertThat(found()).isEmpty();
	}

	@Test
	void accessTokensInTheSessionAreNotFound() {
		ClientRegistrationRepository clients = client(AuthorizationGrantType.AUTHORIZATION_CODE);
		bean("clients", ClientRegistrationRepository.class, () -> clients);
		bean("tokens", OAuth2AuthorizedClientService.class, () -> new InMemoryOAuth2AuthorizedClientService(clients));
		bean("session", HttpSessionOAuth2AuthorizedClientRepository.class,
				HttpSessionOAuth2AuthorizedClientRepository::new);
		assertThat(found()).isEmpty();
	}

	private static ClientRegistrationRepository client(AuthorizationGrantType grant) {
		return new InMemoryClientRegistrationRepository(ClientRegistration.withRegistrationId("shop")
			.clientId("shop")
			.authorizationGrantType(grant)
			.redirectUri("http://localhost/login")
			.authorizationUri("http://localhost/authorize")
			.tokenUri("http://localhost/token")
			.build());
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

	/**
	 * Let the application have libraries with classes of these names.
	 * @return the last one
	 */
	private Class<?> define(String... names) {
		Class<?> type = getClass();
		for (String name : names) {
			type = new ByteBuddy().subclass(Object.class).name(name).make().load(type.getClassLoader()).getLoaded();
		}
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
	@Configuration(proxyBeanMethods = false)
	static class OAuth2AuthorizationServerJwtAutoConfiguration {

		@Bean
		JWKSource<SecurityContext> jwkSource() {
			return keys();
		}

	}

}
