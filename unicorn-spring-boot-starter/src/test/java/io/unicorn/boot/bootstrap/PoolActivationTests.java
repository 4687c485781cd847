package io.unicorn.boot.bootstrap;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.asm.ClassWriter;
import org.springframework.asm.Opcodes;
import org.springframework.boot.WebApplicationType;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class PoolActivationTests {

	private static final String MAIN = "com.example.Application";

	private static final String TOMCAT_REACTIVE = "org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory";

	private static final String JETTY_SERVLET = "org.springframework.boot.jetty.servlet.JettyServletWebServerFactory";

	private static final String JETTY_REACTIVE = "org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory";

	private static final String TOMCAT_SERVLET = "org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory";

	private static final String NETTY = "org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory";

	private final MockEnvironment environment = new MockEnvironment();

	/** Returns a class loader that finds the given classes only. */
	private static ClassLoader classes(String... names) {
		return new ClassLoader(null) {

			@Override
			protected Class<?> findClass(String name) throws ClassNotFoundException {
				if (!Set.of(names).contains(name)) {
					throw new ClassNotFoundException(name);
				}
				ClassWriter writer = new ClassWriter(0);
				writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name.replace('.', '/'), null, "java/lang/Object", null);
				writer.visitEnd();
				byte[] code = writer.toByteArray();
				return defineClass(name, code, 0, code.length);
			}

		};
	}

	private static LaunchContext context(String system, String... flags) {
		return new LaunchContext(system, "main", MAIN, MAIN, List.of(flags), true);
	}

	private PoolActivation decide(LaunchContext context, @Nullable Boolean enabled) {
		return PoolActivation.decide(context, enabled, WebApplicationType.SERVLET, this.environment,
				classes(TOMCAT_SERVLET));
	}

	@Test
	void anApplicationThatIsStartedByItselfBecomesAPool() {
		assertThat(decide(context("Linux"), null)).isEqualTo(PoolActivation.WANTED);
		assertThat(decide(context("Linux"), true)).isEqualTo(PoolActivation.WANTED);
	}

	@Test
	void aPoolThatIsSwitchedOffIsNotRemarked() {
		assertThat(decide(context("Linux"), false)).isEqualTo(PoolActivation.SWITCHED_OFF);
		assertThat(decide(context("Mac OS X", "-agentlib:jdwp=x"), false).remark()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "main, com.example.Application, true, true",
			"main, org.springframework.boot.loader.launch.JarLauncher, true, true",
			"main, org.springframework.boot.loader.launch.PropertiesLauncher, true, true",
			"restartedMain, com.example.Application, true, false", "main, com.example.Application, false, false",
			"main, org.apache.maven.surefire.booter.ForkedBooter, true, false",
			"main, com.intellij.rt.junit.JUnitStarter, true, false",
			"main, com.example.Application$Nested, true, false", "main, '', true, false",
			"pool-1-thread-1, java.lang.Thread, true, false" })
	void onlyTheApplicationItselfBecomesAPool(String thread, String bottom, boolean launcher, boolean wanted) {
		LaunchContext context = new LaunchContext("Linux", thread, bottom, MAIN, List.of(), launcher);
		assertThat(context.isApplicationItself()).isEqualTo(wanted);
		assertThat(decide(context, null)).isEqualTo(wanted ? PoolActivation.WANTED : PoolActivation.NO);
	}

	@Test
	void anApplicationWithoutAMainClassIsNotItself() {
		assertThat(new LaunchContext("Linux", "main", "com.example.Other", null, List.of(), true).isApplicationItself())
			.isFalse();
	}

	@Test
	void aTestIsNotTheApplication() {
		assertThat(LaunchContext.current(PoolActivationTests.class).isApplicationItself()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-XX:AOTCacheOutput=a.aot", "-XX:AOTMode=record", "-XX:AOTMode=create",
			"-XX:ArchiveClassesAtExit=a.jsa", "-XX:CRaCCheckpointTo=cr" })
	void aTrainingRunIsLeftAlone(String flag) {
		assertThat(decide(context("Linux", flag), true)).isEqualTo(PoolActivation.NO);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-XX:AOTCache=a.aot", "-XX:AOTMode=auto", "-XX:SharedArchiveFile=a.jsa", "-Xmx1g" })
	void aRunThatUsesATrainedCacheBecomesAPool(String flag) {
		assertThat(decide(context("Linux", flag), null).wanted()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "spring.aot.processing, true", "spring.context.exit, onRefresh",
			"spring.context.checkpoint, onRefresh" })
	void aRunThatEndsBeforeItServesIsLeftAlone(String property, String value) {
		this.environment.setProperty(property, value);
		assertThat(decide(context("Linux"), true)).isEqualTo(PoolActivation.NO);
	}

	@ParameterizedTest
	@CsvSource({ "Mac OS X", "Windows 11" })
	void anotherOperatingSystemIsRemarked(String system) {
		assertThat(decide(context(system), true).remark())
			.isEqualTo("No worker pool: a pool needs Linux, and this system is " + system
					+ ". The application runs in this one process, which the signal HUP ends.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-agentlib:jdwp=transport=dt_socket", "-Xrunjdwp:x" })
	void aDebuggedApplicationStaysOneProcessUnlessAPoolIsEnabled(String flag) {
		assertThat(decide(context("Linux", flag), null).remark()).contains("debugger").contains("unicorn.enabled=true");
		assertThat(decide(context("Linux", flag), true).wanted()).isTrue();
	}

	@Test
	void aServerThatIsSwitchedOffIsRemarked() {
		this.environment.setProperty("server.port", " -1 ");
		assertThat(decide(context("Linux"), null).remark()).contains("server.port=-1");
	}

	@ParameterizedTest(name = "deduced {0}, configured {1}: {2}")
	@CsvSource(nullValues = "-",
			value = { "SERVLET, -, true", "NONE, -, false", "-, -, false", "SERVLET, none, false",
					"NONE, servlet, true", "SERVLET, ' Servlet ', true", "SERVLET, nonsense, false",
					"SERVLET, None, false", "SERVLET, '', true" })
	void onlyAWebApplicationBecomesAPool(@Nullable WebApplicationType deduced, @Nullable String configured,
			boolean wanted) {
		if (configured != null) {
			this.environment.setProperty("spring.main.web-application-type", configured);
		}
		assertThat(PoolActivation.decide(context("Linux"), null, deduced, this.environment, classes(TOMCAT_SERVLET)))
			.isEqualTo(wanted ? PoolActivation.WANTED : PoolActivation.NO);
	}

	@ParameterizedTest(name = "{0} with {1}: {2}")
	@CsvSource(delimiter = '|',
			value = { "SERVLET|" + TOMCAT_SERVLET + "|true", "SERVLET|" + JETTY_SERVLET + "|true",
					"SERVLET|" + TOMCAT_REACTIVE + "," + NETTY + "|false", "SERVLET|none|false",
					"REACTIVE|" + NETTY + "|true", "REACTIVE|" + TOMCAT_REACTIVE + "|true",
					"REACTIVE|" + JETTY_REACTIVE + "|true", "REACTIVE|" + TOMCAT_SERVLET + "|false" })
	void onlyKnownServersBecomeAPool(WebApplicationType type, String present, boolean wanted) {
		PoolActivation activation = PoolActivation.decide(context("Linux"), null, type, this.environment,
				classes(present.split(",", -1)));
		assertThat(activation.wanted()).isEqualTo(wanted);
		if (!wanted) {
			assertThat(activation.remark()).contains("a pool needs Tomcat, Jetty or Reactor Netty");
		}
	}

	@Test
	void flagsAreFoundByTheirBeginning() {
		LaunchContext context = context("Linux", "-Xmx1g", "-agentlib:jdwp=x");
		assertThat(context.hasFlag("-agentlib:jdwp", "-Xrunjdwp")).isTrue();
		assertThat(context.hasFlag("jdwp")).isFalse();
	}

}
