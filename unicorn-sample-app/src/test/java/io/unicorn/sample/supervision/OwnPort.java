package io.unicorn.sample.supervision;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * Opens a port of its own at the start of the application, so only one worker can boot.
 */
@Component
@ConditionalOnProperty("sample.own-port")
public class OwnPort {

	private final ServerSocket socket;

	public OwnPort(@Value("${sample.own-port}") int port) throws IOException {
		this.socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
	}

	public int port() {
		return this.socket.getLocalPort();
	}

}
