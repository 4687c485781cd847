package io.unicorn.boot.autoconfigure;

import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.PropertiesEndpointAccessResolver;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.IncludeExcludeEndpointFilter;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same answer as Actuator's own classes give.
 */
class WriteAccessTests {

	private static final EndpointId ENDPOINT = EndpointId.of("unicorn");

	private final Map<String, Object> properties = new HashMap<>();

	private final StandardEnvironment environment = new StandardEnvironment();

	WriteAccessTests() {
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", this.properties));
		this.environment.setConversionService(new ApplicationConversionService());
		ConfigurationPropertySources.attach(this.environment);
	}

	private boolean actuator() {
		return new PropertiesEndpointAccessResolver(this.environment).accessFor(ENDPOINT,
				Access.READ_ONLY) == Access.UNRESTRICTED
				&& new IncludeExcludeEndpointFilter<>(ExposableWebEndpoint.class, this.environment,
						"management.endpoints.web.exposure", "health")
					.match(ENDPOINT);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { //
			"false, -,            -,            -,    -,              -,                      -",
			"false, unrestricted, -,            -,    -,              -,                      -",
			"true,  unrestricted, -,            -,    -,              'health,unicorn', -",
			"true,  UNRESTRICTED, -,            -,    -,              *,                      -",
			"false, unrestricted, -,            -,    -,              *,                      unicorn",
			"false, unrestricted, -,            -,    -,              'health,info',          -",
			"false, read-only,    -,            -,    -,              *,                      -",
			"false, READ_ONLY,    -,            -,    -,              *,                      -",
			"false, none,         unrestricted, -,    -,              *,                      -",
			"true,  -,            unrestricted, -,    -,              *,                      -",
			"false, -,            read-only,    -,    -,              *,                      -",
			"true,  -,            -,            true, -,              *,                      -",
			"false, -,            unrestricted, false, -,             *,                      -",
			"false, unrestricted, -,            -,    read-only,      *,                      -",
			"true,  unrestricted, -,            -,    unrestricted,   *,                      -",
			"true,  unrestricted, -,            -,    -,              uni-corn,        -" })
	void accessAndExposureDecide(boolean granted, String access, String byDefault, String enabled, String maximum,
			String include, String exclude) {
		set("management.endpoint.unicorn.access", access);
		set("management.endpoints.access.default", byDefault);
		set("management.endpoint.unicorn.enabled", enabled);
		set("management.endpoints.access.max-permitted", maximum);
		set("management.endpoints.web.exposure.include", include);
		set("management.endpoints.web.exposure.exclude", exclude);
		assertThat(actuator()).isEqualTo(granted);
		assertThat(new WriteAccess(this.environment).isGranted()).isEqualTo(granted);
	}

	private void set(String property, String value) {
		if (value != null) {
			this.properties.put(property, value);
		}
	}

	@Test
	void anEndpointOfJmxMayChangeThePool() {
		set("management.endpoint.unicorn.access", "unrestricted");
		set("management.endpoints.jmx.exposure.include", "*");
		assertThat(new WriteAccess(this.environment).isGranted()).isTrue();
	}

}
