package io.unicorn.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.unicorn.boot.session.ServerCookies;
import io.unicorn.boot.session.SessionExpiry;
import io.unicorn.boot.session.SharedSessions;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.worker.WorkerAgent;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSessionListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteDataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.session.security.SpringSessionBackedSessionRegistry;
import org.springframework.session.web.http.CookieHttpSessionIdResolver;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.HttpSessionIdResolver;
import org.springframework.session.web.http.SessionEventHttpSessionListenerAdapter;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.web.context.WebApplicationContext;

/**
 * Auto-configuration of HTTP sessions that all workers share, unless the application has
 * a store of sessions.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration",
		"org.springframework.boot.session.data.redis.autoconfigure.SessionDataRedisAutoConfiguration",
		"org.springframework.boot.session.jdbc.autoconfigure.JdbcSessionAutoConfiguration" })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@Conditional(OnWorkerCondition.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ Filter.class, FilterRegistrationBean.class, SessionRepositoryFilter.class,
		JdbcIndexedSessionRepository.class, SQLiteDataSource.class })
@ConditionalOnMissingBean({ SessionRepository.class, SessionRepositoryFilter.class })
@ConditionalOnProperty(name = "unicorn.share.sessions", matchIfMissing = true)
public final class UnicornSessionAutoConfiguration {

	private static final Log logger = LogFactory.getLog(UnicornSessionAutoConfiguration.class);

	@Bean(destroyMethod = "close")
	@Nullable SharedSessions<?> unicornSharedSessions(WebApplicationContext context) {
		String directory = System.getProperty(WorkerCommand.SESSIONS_PROPERTY);
		if (directory == null) {
			return null;
		}
		ClassLoader classLoader = context.getClassLoader();
		try {
			return SharedSessions.open(Path.of(directory),
					(classLoader != null) ? classLoader : ClassLoader.getSystemClassLoader(), () -> timeout(context),
					context);
		}
		catch (IOException | SQLException | RuntimeException | LinkageError ex) {
			logger.error("HTTP sessions are not shared with other workers, because their file in " + directory
					+ " cannot be opened: " + ex + ". Each worker has its own sessions, in its memory");
			return null;
		}
	}

	/** A server takes a timeout of zero for none. */
	private static Duration timeout(WebApplicationContext context) {
		ServletContext servlets = context.getServletContext();
		int minutes = (servlets != null) ? servlets.getSessionTimeout() : 30;
		return (minutes > 0) ? Duration.ofMinutes(minutes) : Duration.ofSeconds(-1);
	}

	@Bean(destroyMethod = "close")
	@Nullable SessionExpiry unicornSessionExpiry(ObjectProvider<SharedSessions<?>> sessions, WorkerAgent agent) {
		SharedSessions<?> shared = sessions.getIfAvailable();
		return (shared != null) ? new SessionExpiry(shared, agent::isLeader) : null;
	}

	@Bean
	FilterRegistrationBean<Filter> unicornSessionFilter(ObjectProvider<SharedSessions<?>> sessions,
			ObjectProvider<HttpSessionIdResolver> resolvers, ObjectProvider<CookieSerializer> cookies,
			Environment environment) {
		FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>();
		SharedSessions<?> shared = sessions.getIfAvailable();
		if (shared == null) {
			registration.setFilter((request, response, chain) -> chain.doFilter(request, response));
			registration.setEnabled(false);
			return registration;
		}
		registration.setFilter(filter(shared, resolvers.getIfAvailable(() -> {
			CookieHttpSessionIdResolver resolver = new CookieHttpSessionIdResolver();
			resolver.setCookieSerializer(cookies.getIfAvailable(() -> new ServerCookies(
					environment.getProperty("server.servlet.session.cookie.http-only", Boolean.class, true))));
			return resolver;
		})));
		registration.setDispatcherTypes(EnumSet.of(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.REQUEST));
		registration.setOrder(SessionRepositoryFilter.DEFAULT_ORDER);
		return registration;
	}

	private static <S extends Session> Filter filter(SessionRepository<S> sessions, HttpSessionIdResolver resolver) {
		SessionRepositoryFilter<S> filter = new SessionRepositoryFilter<>(sessions);
		filter.setHttpSessionIdResolver(resolver);
		AtomicBoolean told = new AtomicBoolean();
		return (request, response, chain) -> {
			if (request instanceof HttpServletRequest http && http.getDispatcherType() == DispatcherType.REQUEST
					&& http.getSession(false) != null && told.compareAndSet(false, true)) {
				logger.warn("A filter in front of the shared sessions has asked for a session, and has got one of this "
						+ "worker alone with the same cookie, so logins are lost. Give it an order above "
						+ SessionRepositoryFilter.DEFAULT_ORDER);
			}
			filter.doFilter(request, response, chain);
		};
	}

	/** Nothing asks for it. */
	@Bean
	static LazyInitializationExcludeFilter unicornSessionExpiryExcludeFilter() {
		return (name, definition, type) -> type == SessionExpiry.class;
	}

	/**
	 * Configures how Spring Security counts the sessions of a user.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SessionRegistry.class)
	static class RegistryConfiguration {

		@Bean
		@ConditionalOnMissingBean
		SessionRegistry unicornSessionRegistry(ObjectProvider<SharedSessions<?>> sessions) {
			SharedSessions<?> shared = sessions.getIfAvailable();
			return (shared != null) ? registry(shared) : new SessionRegistryImpl();
		}

		private static <S extends Session> SessionRegistry registry(FindByIndexNameSessionRepository<S> sessions) {
			return new SpringSessionBackedSessionRegistry<>(sessions);
		}

	}

	/** The server has no sessions any more of which it could tell its listeners. */
	@Bean
	SessionEventHttpSessionListenerAdapter unicornSessionEvents(ObjectProvider<HttpSessionListener> listeners,
			ObjectProvider<ServletListenerRegistrationBean<?>> registrations) {
		Stream<HttpSessionListener> registered = registrations.orderedStream()
			.map(ServletListenerRegistrationBean::getListener)
			.filter(HttpSessionListener.class::isInstance)
			.map(HttpSessionListener.class::cast);
		List<HttpSessionListener> all = Stream.concat(listeners.orderedStream(), registered).distinct().toList();
		return new SessionEventHttpSessionListenerAdapter(all);
	}

}
