package io.unicorn.boot.warmup;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Encrypts a connection to a server of this process. Its certificate is not looked at: it
 * names others, and who is at the other end is known. Thread-safe.
 */
public final class TrustingTls {

	private final SSLSocketFactory factory;

	private TrustingTls(SSLSocketFactory factory) {
		this.factory = factory;
	}

	/**
	 * Create a client.
	 * @throws IOException if this JVM has no TLS
	 */
	public static TrustingTls create() throws IOException {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new Trust() }, null);
			return new TrustingTls(context.getSocketFactory());
		}
		catch (GeneralSecurityException ex) {
			throw new IOException("there is no TLS", ex);
		}
	}

	/**
	 * Return an encrypted connection over another one, which is closed with it.
	 * @param plain a connection to a server of this process
	 * @param protocol the name (ALPN) of what is spoken over it
	 * @throws IOException if that has been closed
	 */
	public Socket over(Socket plain, String protocol) throws IOException {
		SSLSocket socket = (SSLSocket) this.factory.createSocket(plain, "localhost", plain.getPort(), true);
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setApplicationProtocols(new String[] { protocol });
		socket.setSSLParameters(parameters);
		return socket;
	}

	/** The extended type, because for any other the JDK checks algorithms itself. */
	private static final class Trust extends X509ExtendedTrustManager {

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
			throw noClients();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
			throw noClients();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType) {
			throw noClients();
		}

		private static UnsupportedOperationException noClients() {
			return new UnsupportedOperationException("this side is the client");
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
