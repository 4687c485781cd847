package io.unicorn.boot.autoconfigure;

import java.time.Duration;
import java.util.OptionalInt;

import io.unicorn.boot.jetty.JettyPoolCustomizer;
import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ServerTuning;
import io.unicorn.launch.settings.WorkerClass;
import io.unicorn.worker.AcceptDelay;
import io.unicorn.worker.RequestLedger;
import io.unicorn.worker.WorkerAgent;
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
class JettyConfiguration {

	/**
	 * In class sync, a client that connects and sends nothing blocks its worker for all
	 * other clients. Jetty's default of half a minute is too long for that.
	 */
	private static final Duration SYNC_CONNECTION_TIMEOUT = Duration.ofSeconds(5);

	@Bean
	JettyPoolCustomizer unicornJettyPoolCustomizer(WorkerAgent agent, RequestLedger ledger,
			UnicornProperties properties, Environment environment) {
		WorkerClass serving = UnicornPropertiesBinder.workerClass(properties, environment);
		boolean limited = serving == WorkerClass.SYNC
				&& !environment.containsProperty("server.jetty.connection-idle-timeout");
		// The only worker of a pool has no other to leave connections to.
		boolean alone = properties.toPoolSettings(OptionalInt.empty()).workers().equals(OptionalInt.of(1));
		AcceptDelay delay = alone ? AcceptDelay.none() : AcceptDelay.spreading();
		JettyPoolCustomizer customizer = JettyPoolCustomizer
			.forApplication(agent, delay, ledger,
					new ServerTuning(serving, properties.threads(), properties.workerConnections(),
							limited ? SYNC_CONNECTION_TIMEOUT : null),
					properties.warmUp().toPlan())
			.withSlowRequest(properties.slowRequest());
		ProxiedConnections proxied = properties.proxiedConnections();
		return (proxied != null) ? customizer.behindProxies(proxied) : customizer;
	}

}
