package io.unicorn.boot.autoconfigure;

import io.unicorn.boot.server.ServerSetup;
import io.unicorn.boot.tomcat.TomcatPoolCustomizer;
import org.apache.catalina.startup.Tomcat;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Makes Tomcat, where it is the server, accept for the pool.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
class TomcatPoolConfiguration {

	@Bean
	TomcatPoolCustomizer unicornTomcatPoolCustomizer(ServerSetup setup, Environment environment) {
		return new TomcatPoolCustomizer(
				setup.withConnectionTimeout(SyncTimeout.of(setup, environment, "server.tomcat.connection-timeout")));
	}

}
