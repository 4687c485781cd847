package io.unicorn.boot.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.sql.DataSource;

import io.unicorn.boot.session.SharedSessions;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.TestAgents;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.SessionRepository;
import org.springframework.session.security.SpringSessionBackedSessionRegistry;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the workers of an application share its sessions, and what clients see of it.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnicornSessionAutoConfigurationTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final TestAgents master = new TestAgents();

	@TempDir
	Path directory = Path.of("");

	private final WebApplicationContextRunner anywhere = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new)
		.withConfiguration(AutoConfigurations.of(TomcatServletWebServerAutoConfiguration.class,
				DataSourceAutoConfiguration.class, DataSourceTransactionManagerAutoConfiguration.class,
				JdbcTemplateAutoConfiguration.class, UnicornSessionAutoConfiguration.class))
		.withUserConfiguration(Application.class)
		.withPropertyValues("server.port=0");

	private final WebApplicationContextRunner worker = this.anywhere
		.withInitializer((context) -> this.master.register(context))
		.withClassLoader(new FilteredClassLoader("org.h2"));

	@BeforeEach
	void place() {
		System.setProperty(WorkerCommand.SESSIONS_PROPERTY, this.directory.resolve("sessions").toString());
	}

	@AfterEach
	void close() {
		System.clearProperty(WorkerCommand.SESSIONS_PROPERTY);
		this.master.close();
	}

	private static HttpResponse<String> get(AssertableWebApplicationContext context, String path,
			@Nullable String cookie) throws IOException, InterruptedException {
		int port = ((WebServerApplicationContext) context.getSourceApplicationContext()).getWebServer().getPort();
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
		if (cookie != null) {
			request.header("Cookie", cookie);
		}
		return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static String cookie(HttpResponse<String> response) {
		return response.headers().firstValue("Set-Cookie").orElseThrow();
	}

	@Test
	void springSecurityCountsTheSessionsOfAllWorkers() {
		this.worker.run((context) -> assertThat(context.getBean(SessionRegistry.class))
			.isInstanceOf(SpringSessionBackedSessionRegistry.class));
	}

	@Test
	void sessionsExpireInAnApplicationWhoseBeansAreLazy() {
		this.worker
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(
					context.getSourceApplicationContext().getBeanFactory().containsSingleton("unicornSessionExpiry"))
				.isTrue());
	}

	@Test
	void aSessionSurvivesItsWorker() {
		String[] cookie = new String[1];
		this.worker.run((context) -> {
			HttpResponse<String> response = get(context, "/count", null);
			assertThat(response.body()).isEqualTo("1");
			cookie[0] = cookie(response);
			assertThat(cookie[0]).matches("JSESSIONID=[0-9a-f-]{36}; Path=/; HttpOnly");
		});
		this.worker.run((context) -> {
			HttpResponse<String> response = get(context, "/count", cookie[0].split(";", -1)[0]);
			assertThat(response.body()).isEqualTo("2");
			assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
		});
	}

	@Test
	void theCookieIsThatOfTheServer() {
		this.worker
			.withPropertyValues("server.servlet.context-path=/shop", "server.servlet.session.cookie.name=SID",
					"server.servlet.session.cookie.same-site=strict", "server.servlet.session.cookie.secure=true",
					"server.servlet.session.cookie.http-only=false", "server.servlet.session.cookie.max-age=1h",
					"server.servlet.session.cookie.domain=localhost", "server.servlet.session.cookie.partitioned=true",
					"server.servlet.session.timeout=5m")
			.run((context) -> {
				HttpResponse<String> response = get(context, "/shop/count", null);
				assertThat(cookie(response)).startsWith("SID=")
					.contains("; Max-Age=3600;", "; Domain=localhost", "; Path=/shop", "; Secure", "; SameSite=Strict",
							"; Partitioned")
					.doesNotContain("HttpOnly");
				String cookie = cookie(response).split(";", -1)[0];
				assertThat(get(context, "/shop/timeout", cookie).body()).isEqualTo("300");
				response = get(context, "/shop/invalidate", cookie);
				assertThat(cookie(response)).startsWith("SID=;").contains("; Expires=Thu, 01 Jan 1970");
			});
	}

	@Test
	void listenersOfTheApplicationAreTold() {
		this.worker.run((context) -> {
			String cookie = cookie(get(context, "/count", null)).split(";", -1)[0];
			get(context, "/invalidate", cookie);
			List<String> expected = List.of("created", "destroyed 1");
			assertThat(context.getBean(Listener.class).events).isEqualTo(expected);
			assertThat(context.getBean(Application.class).registered.events).isEqualTo(expected);
			assertThat(get(context, "/count", cookie).body()).isEqualTo("1");
		});
	}

	@Test
	void theApplicationGetsNoDatabase() {
		this.worker.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(DataSource.class)
			.doesNotHaveBean(PlatformTransactionManager.class)
			.doesNotHaveBean(JdbcOperations.class)
			.hasSingleBean(SharedSessions.class));
	}

	@Test
	void theDatabaseOfTheApplicationIsWhatItWas() {
		this.worker.withClassLoader(getClass().getClassLoader())
			.run((context) -> assertThat(context.getBean(DataSource.class)).satisfies((source) -> {
				try (var connection = source.getConnection()) {
					assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("H2");
				}
			}));
	}

	@Test
	void anApplicationWithAStoreKeepsIt() {
		this.worker.withBean(MapSessionRepository.class, () -> new MapSessionRepository(new ConcurrentHashMap<>()))
			.run((context) -> assertThat(context).hasSingleBean(SessionRepository.class)
				.doesNotHaveBean(SharedSessions.class)
				.doesNotHaveBean("unicornSessionFilter"));
	}

	@Test
	void onePropertyAndTheLackOfALibrarySwitchItOff() {
		this.worker.withPropertyValues("unicorn.share.sessions=false").run(this::hasSessionsOfTheServer);
		this.worker.withClassLoader(new FilteredClassLoader(SQLiteDataSource.class, org.h2.Driver.class))
			.run(this::hasSessionsOfTheServer);
		this.anywhere.run(this::hasSessionsOfTheServer);
	}

	private void hasSessionsOfTheServer(AssertableWebApplicationContext context)
			throws IOException, InterruptedException {
		assertThat(context).hasNotFailed().doesNotHaveBean(SharedSessions.class);
		assertThat(cookie(get(context, "/count", null))).matches("JSESSIONID=[0-9A-F]{32}; Path=/; HttpOnly");
	}

	@Test
	void aStoreThatCannotBeOpenedLeavesTheServerItsSessions(CapturedOutput output) throws IOException {
		Files.writeString(this.directory.resolve("sessions"), "in the way");
		this.worker.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(cookie(get(context, "/count", null))).matches("JSESSIONID=[0-9A-F]{32}; Path=/; HttpOnly");
		});
		assertThat(output.toString()).containsOnlyOnce("HTTP sessions are not shared with other workers");
	}

	/** Notes the ends of sessions with the count that they had. */
	static final class Listener implements HttpSessionListener {

		final List<String> events = new CopyOnWriteArrayList<>();

		@Override
		public void sessionCreated(HttpSessionEvent event) {
			this.events.add("created");
		}

		@Override
		public void sessionDestroyed(HttpSessionEvent event) {
			this.events.add("destroyed " + event.getSession().getAttribute("count"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		final Listener registered = new Listener();

		@Bean
		Listener listener() {
			return new Listener();
		}

		@Bean
		ServletListenerRegistrationBean<HttpSessionListener> registeredListener() {
			return new ServletListenerRegistrationBean<>(this.registered);
		}

		@Bean
		ServletRegistrationBean<HttpServlet> servlet() {
			return new ServletRegistrationBean<>(new HttpServlet() {

				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
					HttpSession session = request.getSession();
					switch (request.getServletPath()) {
						case "/timeout" -> response.getWriter().print(session.getMaxInactiveInterval());
						case "/invalidate" -> session.invalidate();
						default -> {
							Object before = session.getAttribute("count");
							int count = (before != null) ? (int) before + 1 : 1;
							session.setAttribute("count", count);
							response.getWriter().print(count);
						}
					}
				}

			}, "/count", "/timeout", "/invalidate");
		}

	}

}
