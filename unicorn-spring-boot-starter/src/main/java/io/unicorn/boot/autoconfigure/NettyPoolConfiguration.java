package io.unicorn.boot.autoconfigure;

import io.unicorn.boot.netty.NettyPoolCustomizer;
import io.unicorn.boot.server.ServerSetup;
import reactor.netty.http.HttpResources;
import reactor.netty.http.server.HttpServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Configures a worker that serves by Reactor Netty.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ HttpServer.class, NettyReactiveWebServerFactory.class })
class NettyPoolConfiguration {

	@Bean
	NettyPoolCustomizer unicornNettyPoolCustomizer(ServerSetup setup,
			ObjectProvider<ReactorResourceFactory> resources) {
		ReactorResourceFactory shared = resources.getIfUnique();
		return new NettyPoolCustomizer(setup, (shared != null) ? shared::getLoopResources : HttpResources::get);
	}

}
