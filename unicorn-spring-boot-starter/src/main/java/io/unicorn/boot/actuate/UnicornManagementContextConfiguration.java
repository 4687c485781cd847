package io.unicorn.boot.actuate;

import io.unicorn.boot.tomcat.TomcatPoolCustomizer;
import io.unicorn.worker.WorkerAgent;
import org.apache.catalina.startup.Tomcat;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Puts a management server with a port of its own on the listener that the master has
 * opened for it.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnBean(WorkerAgent.class)
@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
class UnicornManagementContextConfiguration {

	@Bean
	TomcatPoolCustomizer unicornManagementTomcatPoolCustomizer(WorkerAgent agent) {
		return TomcatPoolCustomizer.forManagement(agent);
	}

}
