package io.unicorn.boot.autoconfigure.actuate;

import io.unicorn.boot.autoconfigure.OnWorkerCondition;
import io.unicorn.boot.netty.NettyPoolCustomizer;
import io.unicorn.boot.server.ServerSetup;
import io.unicorn.worker.WorkerAgent;
import reactor.netty.http.HttpResources;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Lets a management server of Reactor Netty with a port of its own use the listener that
 * the master has opened for it.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@Conditional(OnWorkerCondition.class)
@ConditionalOnClass({ HttpServer.class, NettyReactiveWebServerFactory.class })
class UnicornNettyManagementContextConfiguration {

	/**
	 * Does nothing in a process that is no worker: the context of the management server
	 * that was processed ahead of time has this bean all the same.
	 */
	@Bean
	WebServerFactoryCustomizer<NettyReactiveWebServerFactory> unicornManagementNettyPoolCustomizer(
			ObjectProvider<WorkerAgent> agent, ObjectProvider<ReactorResourceFactory> resources) {
		WorkerAgent own = agent.getIfAvailable();
		ReactorResourceFactory shared = resources.getIfUnique();
		return (own != null) ? new NettyPoolCustomizer(ServerSetup.ofManagement(own),
				(shared != null) ? shared::getLoopResources : HttpResources::get) : (factory) -> {
				};
	}

}
