package market

// District is a local authority district of England, with the local authority that buys places for its children.
type District struct {
	Code               string `db:"code"` // of the Office for National Statistics
	Name               string `db:"name"`
	LocalAuthority     string `db:"local_authority"` // DfE code
	LocalAuthorityName string `db:"local_authority_name"`
}
