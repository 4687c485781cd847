package io.unicorn.boot.warmup;

import java.net.Socket;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Accepts each certificate of a server: the warm-up connects to its own process, whose
 * certificate names another host. The JDK compares the host name and checks the
 * algorithms for each trust manager that is not of the extended type.
 */
final class TrustAll extends X509ExtendedTrustManager {

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
