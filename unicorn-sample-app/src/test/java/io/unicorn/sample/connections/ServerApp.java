package io.unicorn.sample.connections;

import io.unicorn.sample.testsupport.AppJar;

/**
 * The sample on each web server, with a controller that answers {@code /remote} with the
 * addresses of the connection.
 */
final class ServerApp {

	static final String TOMCAT = "tomcat";

	static final String JETTY = "jetty";

	static final String REACTOR_NETTY = "reactor-netty";

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
