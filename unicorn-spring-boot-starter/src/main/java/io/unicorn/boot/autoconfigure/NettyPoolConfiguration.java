package io.unicorn.boot.autoconfigure;

import java.util.OptionalInt;

import io.unicorn.boot.netty.NettyPoolCustomizer;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.worker.AcceptDelay;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
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
	NettyPoolCustomizer unicornNettyPoolCustomizer(WorkerAgent agent, RequestLedger ledger,
			UnicornProperties properties, ObjectProvider<ReactorResourceFactory> resources) {
		// The only worker of a pool has no other to leave connections to.
		boolean alone = properties.toPoolSettings(OptionalInt.empty()).workers().equals(OptionalInt.of(1));
		AcceptDelay delay = alone ? AcceptDelay.none() : AcceptDelay.spreading();
		ServerTuning tuning = new ServerTuning(WorkerClass.EVENT_LOOP, null, properties.workerConnections(), null);
		ReactorResourceFactory shared = resources.getIfUnique();
		NettyPoolCustomizer customizer = NettyPoolCustomizer.forApplication(agent,
				(shared != null) ? shared::getLoopResources : HttpResources::get, delay, ledger, tuning,
				properties.warmUp().toPlan());
		ProxiedConnections proxied = properties.proxiedConnections();
		return (proxied != null) ? customizer.behindProxies(proxied) : customizer;
	}

}
