package io.unicorn.boot.jetty;

import java.nio.channels.SelectableChannel;

import io.unicorn.boot.server.OpenConnections;
import org.eclipse.jetty.io.SelectorManager;

/**
 * Removes connections that Jetty has closed from those that are open.
 */
record ClosedConnections(OpenConnections<SelectableChannel> connections) implements SelectorManager.AcceptListener {

	@Override
	public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
		this.connections.remove(channel);
	}

	@Override
	public void onClosed(SelectableChannel channel) {
		this.connections.remove(channel);
	}

}
