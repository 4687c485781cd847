package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

import io.unicorn.boot.warmup.OwnServer;
import io.unicorn.boot.warmup.TrustingTls;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.jspecify.annotations.Nullable;

/**
 * The way into this process's own Tomcat while nobody else is let in: what connects to
 * the shared listener may reach any worker. A request that comes this way meets all that
 * others will meet, from the connector on.
 */
final class SideEntrance implements OwnServer {

	private final AcceptGate gate;

	private final AbstractHttp11Protocol<?> protocol;

	private @Nullable TrustingTls tls;

	SideEntrance(AcceptGate gate, AbstractHttp11Protocol<?> protocol) {
		this.gate = gate;
		this.protocol = protocol;
	}

	@Override
	public @Nullable String obstacle() {
		return (isEncrypted() && isCertificateRequired())
				? "the server asks its clients for certificates, and this worker has none" : null;
	}

	private boolean isCertificateRequired() {
		for (SSLHostConfig host : this.protocol.findSslHostConfigs()) {
			if (host.getHostName().equalsIgnoreCase(this.protocol.getDefaultSSLHostConfigName())) {
				return host.getCertificateVerification() == SSLHostConfig.CertificateVerification.REQUIRED;
			}
		}
		return false;
	}

	@Override
	public boolean speaksHttp2() {
		return Arrays.stream(this.protocol.findUpgradeProtocols()).anyMatch(Http2Protocol.class::isInstance);
	}

	@Override
	public boolean isEncrypted() {
		return this.protocol.isSSLEnabled();
	}

	@Override
	public Socket connect(boolean http2) throws IOException {
		Socket client = new Socket();
		try (ServerSocketChannel door = ServerSocketChannel.open()) {
			door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			client.connect(door.getLocalAddress());
			client.setTcpNoDelay(true);
			letIn(accept(door, client));
			return isEncrypted() ? tls().over(client, http2 ? "h2" : "http/1.1") : client;
		}
		catch (IOException ex) {
			client.close();
			throw ex;
		}
	}

	/** Anybody on this machine may have found the port in the moment that it is open. */
	private static SocketChannel accept(ServerSocketChannel door, Socket client) throws IOException {
		while (true) {
			SocketChannel connection = door.accept();
			if (client.getLocalSocketAddress().equals(connection.getRemoteAddress())) {
				return connection;
			}
			connection.close();
		}
	}

	private void letIn(SocketChannel connection) throws IOException {
		if (!this.gate.offer(connection)) {
			connection.close();
			throw new IOException("this worker takes clients already, or none any more");
		}
	}

	private TrustingTls tls() throws IOException {
		if (this.tls == null) {
			this.tls = TrustingTls.create();
		}
		return this.tls;
	}

}
