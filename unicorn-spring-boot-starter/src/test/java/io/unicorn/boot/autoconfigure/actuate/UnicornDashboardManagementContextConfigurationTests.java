package io.unicorn.boot.autoconfigure.actuate;

import io.unicorn.boot.autoconfigure.UnicornAutoConfiguration;
import io.unicorn.boot.dashboard.DashboardServlet;
import io.unicorn.worker.TestAgents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.core.annotation.AnnotationUtils;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class UnicornDashboardManagementContextConfigurationTests {

	private static final String ENABLED = "unicorn.dashboard.enabled=true";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=unicorn";

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(UnicornAutoConfiguration.class,
			UnicornActuatorAutoConfiguration.class, EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class,
			ManagementContextAutoConfiguration.class);

	private final TestAgents master = new TestAgents();

	private final WebApplicationContextRunner anywhere = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	private final WebApplicationContextRunner worker = this.anywhere.withInitializer(this.master::register);

	@AfterEach
	void close() {
		this.master.close();
	}

	@Test
	void thereIsAPageIfItIsSwitchedOnAndTheEndpointIsExposed() {
		this.worker.withPropertyValues(ENABLED, EXPOSED).run((context) -> {
			ServletRegistrationBean<?> page = context.getBean("unicornDashboard", ServletRegistrationBean.class);
			assertThat(page.isEnabled()).isTrue();
			assertThat(page.getUrlMappings()).hasToString("[/unicorn/*]");
			assertThat(page.getServlet()).isInstanceOf(DashboardServlet.class);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "unicorn.dashboard.enabled=false", "management.endpoints.web.exposure.exclude=unicorn",
			"management.endpoint.unicorn.access=NONE" })
	void otherwiseThereIsNone(String property) {
		this.worker.withPropertyValues(ENABLED, EXPOSED, property)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("unicornDashboard"));
	}

	@Test
	void itIsNotThereByDefaultOrInAProcessThatIsNoWorker() {
		this.worker.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("unicornDashboard"));
		this.anywhere.withPropertyValues(ENABLED, EXPOSED)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("unicornDashboard"));
	}

	@Test
	void aReactiveApplicationHasNone() {
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withInitializer(this.master::register)
			.withPropertyValues(ENABLED, EXPOSED)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("unicornDashboard"));
	}

	@Test
	void anEndpointWithThePathOfThePageKeepsIt(CapturedOutput output) {
		this.worker.withPropertyValues(ENABLED, EXPOSED, "management.endpoints.web.base-path=/").run((context) -> {
			assertThat(context.getBean("unicornDashboard", ServletRegistrationBean.class).isEnabled()).isFalse();
			assertThat(output).contains("unicorn.dashboard.enabled has no effect");
		});
	}

	@Test
	void thePageIsOnTheServerWithTheEndpoints() {
		ManagementContextConfiguration annotation = AnnotationUtils
			.findAnnotation(UnicornDashboardManagementContextConfiguration.class, ManagementContextConfiguration.class);
		assertThat(annotation).isNotNull();
		assertThat(annotation.value()).isEqualTo(ManagementContextType.ANY);
	}

}
