package io.unicorn.boot.autoconfigure.actuate;

import io.unicorn.boot.autoconfigure.OnWorkerCondition;
import io.unicorn.boot.jetty.JettyPoolCustomizer;
import io.unicorn.boot.server.ServerSetup;
import io.unicorn.worker.WorkerAgent;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Lets a management server on Jetty with a port of its own use the listener that the
 * master has opened for it.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Conditional(OnWorkerCondition.class)
@ConditionalOnClass({ Server.class, ServletContextHandler.class, JettyWebServerFactory.class })
class UnicornJettyManagementContextConfiguration {

	/**
	 * Does nothing in a process that is no worker: the context of the management server
	 * that was processed ahead of time has this bean all the same.
	 */
	@Bean
	WebServerFactoryCustomizer<JettyWebServerFactory> unicornManagementJettyPoolCustomizer(
			ObjectProvider<WorkerAgent> agent) {
		WorkerAgent own = agent.getIfAvailable();
		return (own != null) ? new JettyPoolCustomizer(ServerSetup.ofManagement(own)) : (factory) -> {
		};
	}

}
