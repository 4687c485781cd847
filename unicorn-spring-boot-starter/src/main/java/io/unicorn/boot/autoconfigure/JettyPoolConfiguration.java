package io.unicorn.boot.autoconfigure;

import io.unicorn.boot.jetty.JettyPoolCustomizer;
import io.unicorn.boot.server.ServerSetup;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Configures a worker's Jetty.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ Server.class, ServletContextHandler.class, JettyWebServerFactory.class })
class JettyPoolConfiguration {

	@Bean
	JettyPoolCustomizer unicornJettyPoolCustomizer(ServerSetup setup, Environment environment) {
		return new JettyPoolCustomizer(setup
			.withConnectionTimeout(SyncTimeout.of(setup, environment, "server.jetty.connection-idle-timeout")));
	}

}
