package io.unicorn.sample.testsupport;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

import org.jspecify.annotations.Nullable;

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
	 * The program arguments that make the application serve with this certificate, and
	 * look for a new one every second.
	 * @return the arguments
	 */
	public String[] bundle() {
		return new String[] { "--server.ssl.bundle=server",
				"--spring.ssl.bundle.jks.server.keystore.location=file:" + this.keyStore,
				"--spring.ssl.bundle.jks.server.keystore.password=" + PASSWORD,
				"--spring.ssl.bundle.jks.server.reload-on-update=true",
				"--spring.ssl.bundle.watch.file.quiet-period=1s" };
	}

	/**
	 * The program arguments that make the application refuse clients without this
	 * certificate.
	 * @return the arguments
	 * @throws GeneralSecurityException if the certificate cannot be read
	 * @throws IOException if the certificate cannot be read or written
	 */
	public String[] required() throws GeneralSecurityException, IOException {
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("client", keys().getCertificate("server"));
		Path file = this.keyStore.resolveSibling("trusted.p12");
		try (OutputStream out = Files.newOutputStream(file)) {
			trusted.store(out, PASSWORD.toCharArray());
		}
		return new String[] { "--server.ssl.client-auth=need", "--server.ssl.trust-store=file:" + file,
				"--server.ssl.trust-store-password=" + PASSWORD, "--server.ssl.trust-store-type=PKCS12" };
	}

	/**
	 * Return a factory of client sockets that trust any certificate, and have this one.
	 * @return the factory
	 * @throws GeneralSecurityException if this JDK has no TLS
	 * @throws IOException if the certificate cannot be read
	 */
	public SSLSocketFactory presenting() throws GeneralSecurityException, IOException {
		KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		managers.init(keys(), PASSWORD.toCharArray());
		return trusting(managers.getKeyManagers());
	}

	private KeyStore keys() throws GeneralSecurityException, IOException {
		return KeyStore.getInstance(this.keyStore.toFile(), PASSWORD.toCharArray());
	}

	/**
	 * Return a factory of client sockets that trust any certificate, this one included.
	 * @return the factory
	 * @throws GeneralSecurityException if this JDK has no TLS
	 */
	public SSLSocketFactory trusting() throws GeneralSecurityException {
		return trusting(null);
	}

	private static SSLSocketFactory trusting(KeyManager @Nullable [] keys) throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys, new TrustManager[] { new X509TrustManager() {

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
