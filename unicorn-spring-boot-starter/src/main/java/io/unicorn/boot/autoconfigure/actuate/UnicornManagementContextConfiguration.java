package io.unicorn.boot.autoconfigure.actuate;

import io.unicorn.boot.autoconfigure.OnWorkerCondition;
import io.unicorn.boot.server.ServerSetup;
import io.unicorn.boot.tomcat.TomcatPoolCustomizer;
import io.unicorn.worker.WorkerAgent;
import org.apache.catalina.startup.Tomcat;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Lets a management server with a port of its own use the listener that the master has
 * opened for it.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Conditional(OnWorkerCondition.class)
@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
class UnicornManagementContextConfiguration {

	/**
	 * Does nothing in a process that is no worker: the context of the management server
	 * that was processed ahead of time has this bean all the same.
	 */
	@Bean
	WebServerFactoryCustomizer<TomcatWebServerFactory> unicornManagementTomcatPoolCustomizer(
			ObjectProvider<WorkerAgent> agent) {
		WorkerAgent own = agent.getIfAvailable();
		return (own != null) ? new TomcatPoolCustomizer(ServerSetup.ofManagement(own)) : (factory) -> {
		};
	}

}
