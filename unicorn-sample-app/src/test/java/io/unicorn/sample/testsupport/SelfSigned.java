package io.unicorn.sample.testsupport;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A self-signed certificate for tests.
 */
public final class SelfSigned {

	private static final String PASSWORD = "changeit";

	private final Path keyStore;

	private SelfSigned(Path keyStore) {
		this.keyStore = keyStore;
	}

	/**
	 * Make a certificate for this machine.
	 * @param directory where to put it
	 * @return the certificate
	 * @throws IOException if there is none
	 * @throws InterruptedException if this thread was interrupted
	 */
	public static SelfSigned in(Path directory) throws IOException, InterruptedException {
		Path file = directory.resolve("server.p12");
		Process keytool = new ProcessBuilder(System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-alias",
				"server", "-keyalg", "EC", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD,
				"-dname", "CN=localhost", "-validity", "2")
			.inheritIO()
			.start();
		if (!keytool.waitFor(1, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
			keytool.destroy();
			throw new IOException("keytool made no certificate");
		}
		return new SelfSigned(file);
	}

	/**
	 * The program arguments that make the application serve with this certificate.
	 * @return the arguments
	 */
	public String[] args() {
		return new String[] { "--server.ssl.key-store=file:" + this.keyStore,
				"--server.ssl.key-store-password=" + PASSWORD, "--server.ssl.key-store-type=PKCS12" };
	}

	/**
	 * Return a factory of client sockets that trust any certificate, this one included.
	 * @return the factory
	 * @throws GeneralSecurityException if this JDK has no TLS
	 */
	public SSLSocketFactory trusting() throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[] { new X509TrustManager() {

			@Override
			public void checkClientTrusted(X509Certificate[] chain, String authType) {
			}

			@Override
			public void checkServerTrusted(X509Certificate[] chain, String authType) {
			}

			@Override
			public X509Certificate[] getAcceptedIssuers() {
				return new X509Certificate[0];
			}

		} }, null);
		return context.getSocketFactory();
	}

}
