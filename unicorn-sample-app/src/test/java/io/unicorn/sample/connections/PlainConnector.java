package io.unicorn.sample.connections;

import org.apache.catalina.connector.Connector;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Lets Tomcat listen on a second port, as applications do that redirect from HTTP.
 */
@Component
@ConditionalOnProperty("plain.port")
public class PlainConnector implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

	private final int port;

	PlainConnector(@Value("${plain.port}") int port) {
		this.port = port;
	}

	@Override
	public void customize(TomcatServletWebServerFactory factory) {
		Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
		connector.setPort(this.port);
		factory.addAdditionalConnectors(connector);
	}

}
