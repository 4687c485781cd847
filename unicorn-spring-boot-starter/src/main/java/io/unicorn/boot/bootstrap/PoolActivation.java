package io.unicorn.boot.bootstrap;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Decides whether the application's process becomes a master.
 *
 * @param wanted whether it does
 * @param remark a line for the log that says why it does not, or {@code null} where the
 * user expects that
 * @param serves whether the process serves without being a master
 */
record PoolActivation(boolean wanted, @Nullable String remark, boolean serves) {

	static final PoolActivation WANTED = new PoolActivation(true, null, false);

	/** No server of the application itself is started here, or not to serve. */
	static final PoolActivation NO = new PoolActivation(false, null, false);

	static final PoolActivation SWITCHED_OFF = new PoolActivation(false, null, true);

	/** The remark on a start for which there is no other. */
	static final String NO_POOL = "No worker pool: unicorn.enabled is false, or the application has no web server.";

	private static final String TOMCAT_REACTIVE = "org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory";

	private static final String TOMCAT_SERVLET = "org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory";

	private static final String JETTY_SERVLET = "org.springframework.boot.jetty.servlet.JettyServletWebServerFactory";

	private static final String JETTY_REACTIVE = "org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory";

	private static final String NETTY = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory";

	/**
	 * Decide from the way the JVM was started and from the environment.
	 * @param enabled the value of {@code unicorn.enabled}, or {@code null} if it is not
	 * set
	 * @param deduced the type of the application that follows from its class path
	 */
	static PoolActivation decide(LaunchContext context, @Nullable Boolean enabled, @Nullable WebApplicationType deduced,
			Environment environment, ClassLoader classLoader) {
		if (!context.isApplicationItself() || isTrainingOrBuild(context, environment)) {
			return NO;
		}
		boolean off = environment.getProperty("server.port", "").strip().equals("-1");
		WebApplicationType type = webApplicationType(deduced, environment);
		if (type == WebApplicationType.NONE || (off && Boolean.FALSE.equals(enabled))) {
			return NO;
		}
		if (Boolean.FALSE.equals(enabled)) {
			return SWITCHED_OFF;
		}
		if (!context.operatingSystem().equals("Linux")) {
			return no("a pool needs Linux, and this system is " + context.operatingSystem());
		}
		if (off) {
			return new PoolActivation(false, oneProcess("server.port=-1 switches the web server off"), false);
		}
		if (context.hasFlag("-agentlib:jdwp", "-Xrunjdwp") && !Boolean.TRUE.equals(enabled)) {
			return no("the JVM waits for a debugger; set unicorn.enabled=true to start a pool anyway");
		}
		return server(type, classLoader);
	}

	private static PoolActivation server(WebApplicationType type, ClassLoader classLoader) {
		Stream<String> factories = (type == WebApplicationType.SERVLET) ? Stream.of(TOMCAT_SERVLET, JETTY_SERVLET)
				: Stream.of(NETTY, TOMCAT_REACTIVE, JETTY_REACTIVE);
		return factories.anyMatch((factory) -> ClassUtils.isPresent(factory, classLoader)) ? WANTED
				: no("a pool needs Tomcat, Jetty or Reactor Netty, and this application uses another web server");
	}

	private static PoolActivation no(String reason) {
		return new PoolActivation(false, oneProcess(reason), true);
	}

	/**
	 * Return the log line of an application that runs without a pool. Whoever is used to
	 * a pool sends HUP to reload it.
	 * @param reason why there is no pool, without a full stop at its end
	 */
	static String oneProcess(String reason) {
		return "No worker pool: " + reason + ". The application runs in this one process, which the signal HUP ends.";
	}

	/** Whether the process ends before it serves, or records a cache of class data. */
	private static boolean isTrainingOrBuild(LaunchContext context, Environment environment) {
		return environment.getProperty("spring.aot.processing", Boolean.class, false)
				|| environment.containsProperty("spring.context.exit")
				|| environment.containsProperty("spring.context.checkpoint")
				|| System.getProperty("org.graalvm.nativeimage.imagecode") != null
				|| context.hasFlag("-XX:AOTCacheOutput", "-XX:AOTMode=record", "-XX:AOTMode=create",
						"-XX:ArchiveClassesAtExit", "-XX:CRaCCheckpointTo");
	}

	private static WebApplicationType webApplicationType(@Nullable WebApplicationType deduced,
			Environment environment) {
		try {
			// As Spring Boot binds it, a moment later.
			BindResult<WebApplicationType> configured = Binder.get(environment)
				.bind("spring.main.web-application-type", WebApplicationType.class);
			if (configured.isBound()) {
				return configured.get();
			}
			return (deduced != null) ? deduced : WebApplicationType.NONE;
		}
		catch (BindException ex) {
			// Spring Boot refuses this value later.
			return WebApplicationType.NONE;
		}
	}

}
