package io.unicorn.sample.connections;

import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Lets Jetty listen on a second port, with settings of its own.
 */
@Component
@ConditionalOnProperty("plain.port")
public class PlainJettyConnector implements WebServerFactoryCustomizer<JettyServletWebServerFactory> {

	private final int port;

	PlainJettyConnector(@Value("${plain.port}") int port) {
		this.port = port;
	}

	@Override
	public void customize(JettyServletWebServerFactory factory) {
		factory.addServerCustomizers((server) -> {
			HttpConfiguration settings = new HttpConfiguration();
			settings.setSendServerVersion(true);
			ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(settings));
			connector.setPort(this.port);
			server.addConnector(connector);
		});
	}

}
