package io.unicorn.boot.worker;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class TelemetryInstanceTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	private final TelemetryInstance instance = new TelemetryInstance(2, "web-1", 4711);

	@Test
	void eachWorkerIsAnInstanceOfTheService() {
		configure("management.opentelemetry.resource-attributes.service.name", "shop");
		this.instance.addTo(this.environment, null);
		this.instance.addTo(this.environment, "deployment.environment=test");
		assertThat(attributes()).containsOnly(Map.entry("service.instance.id", "web-1-4711-2"),
				Map.entry("service.name", "shop"));
	}

	@Test
	void anIdentifierThatIsConfiguredStays() {
		configure("management.opentelemetry.resource-attributes.service.instance.id", "x");
		this.instance.addTo(this.environment, null);
		assertThat(attributes()).containsOnly(Map.entry("service.instance.id", "x"));
		assertThat(this.environment.getPropertySources().contains("unicornTelemetry")).isFalse();
	}

	@Test
	void anIdentifierInTheVariableOfOpenTelemetryStays() {
		this.instance.addTo(this.environment, "a=b,service.instance.id=x");
		assertThat(attributes()).isEmpty();
	}

	private void configure(String name, String value) {
		this.environment.getPropertySources().addLast(new MapPropertySource("test", Map.of(name, value)));
	}

	private Map<String, String> attributes() {
		return Binder.get(this.environment)
			.bind("management.opentelemetry.resource-attributes", Bindable.mapOf(String.class, String.class))
			.orElseGet(Map::of);
	}

}
