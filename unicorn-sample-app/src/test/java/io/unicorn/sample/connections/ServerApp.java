package io.unicorn.sample.connections;

import java.util.stream.Stream;

import io.unicorn.sample.testsupport.AppJar;
import io.unicorn.sample.testsupport.Nightly;

/**
 * The sample on each web server, with a controller that answers {@code /remote} with the
 * addresses of the connection.
 */
final class ServerApp {

	static final String TOMCAT = "tomcat";

	static final String JETTY = "jetty";

	static final String REACTOR_NETTY = "reactor-netty";

	/** The servers with threads; a push waits for one of them. */
	static Stream<String> withThreads() {
		return Nightly.LEFT_OUT ? Stream.of(JETTY) : Stream.of(TOMCAT, JETTY);
	}

	/** All servers; a push waits for one of them. */
	static Stream<String> all() {
		return Nightly.LEFT_OUT ? Stream.of(REACTOR_NETTY) : Stream.of(TOMCAT, JETTY, REACTOR_NETTY);
	}

	private ServerApp() {
	}

	/** A reactive application has the controller in its package. */
	static AppJar on(String server) {
		return switch (server) {
			case TOMCAT -> AppJar.version("1").with(RemoteAddressController.class);
			case JETTY -> AppJar.jetty().with(RemoteAddressController.class);
			case REACTOR_NETTY -> AppJar.reactive();
			default -> throw new IllegalArgumentException(server);
		};
	}

}
